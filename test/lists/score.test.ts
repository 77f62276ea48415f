import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CustomerTexts } from '../../src/providers/provider.ts';
import { scoreCustomer, type Match } from '../../src/graph/search/score.ts';
import { simplify } from '../../src/graph/search/texts.ts';

const nothing: CustomerTexts = { names: [], references: [], postcodes: [], emails: [], phones: [] };

function scoreName(search: string, name: string): number {
  return scoreCustomer(search, { ...nothing, names: [name] }).score;
}

describe('the score of a name', () => {
  it.each([
    ['the same', 'Harbour & Sons Ltd', 1],
    ['in capitals and by other signs', 'HARBOUR and SONS, ltd.', 1],
    ['the same words in another order', 'Sons, Harbour', 0.95],
    ['another legal form', 'Harbour & Sons Limited', 0.95],
  ])('for Harbour & Sons Ltd is: %s', (_what, name, score) => {
    expect(scoreName('Harbour & Sons Ltd', name)).toBe(score);
  });

  it('goes by steps: the same, the same words, a beginning, the words within, words alike, nothing', () => {
    const names = [
      'Harbour Roofing',
      'Roofing, Harbour Ltd',
      'Harbour Roofing Supplies',
      'Harbour Roofing Supplies of Leeds',
      'Leeds Harbour and Docks Roofing',
      'Leeds Roofing Supplies at the Harbour of Whitby',
      'Harbor Roofing',
      'Arbour Roofs',
      'Harbour Joinery of Leeds',
      'Oakfield Bakery',
    ];
    const scores = names.map((name) => scoreName('Harbour Roofing', name));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(new Set(scores).size).toBe(names.length);
    expect(scores.slice(0, 2)).toEqual([1, 0.95]);
    expect(scores.at(-1)).toBeLessThan(0.15);
  });

  it.each([
    ['a letter too many', 'Harbourr Roofing'],
    ['a letter missing', 'Harbur Roofing'],
    ['two letters that changed places', 'Harbuor Roofing'],
    ['another spelling', 'Harbor Roofing'],
  ])('is high in spite of %s', (_what, search) => {
    expect(scoreName(search, 'Harbour Roofing')).toBeGreaterThan(0.59);
    expect(scoreName(search, 'Harbour Roofing')).toBeLessThan(0.7);
  });

  it('counts a found word for one wanted word only', () => {
    expect(scoreName('Joens & Sons', 'Jones & Sons')).toBeGreaterThan(
      scoreName('Joens & Sons', 'Patel & Sons'),
    );
  });

  it.each([
    ['Oak', ''],
    ['', 'Oak'],
    ['!', '?'],
    ['Oak', 'Zinc Works'],
  ])('of %j in %j is nothing', (search, name) => {
    expect(scoreName(search, name)).toBe(0);
  });

  it('is from 0 to 1, and 1 for the text itself', () => {
    const text = fc.oneof(fc.string({ maxLength: 30 }), fc.string({ maxLength: 30, unit: 'grapheme' }));
    fc.assert(
      fc.property(text, text, (search, name) => {
        const score = scoreName(search, name);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        expect(scoreName(name, name)).toBe(simplify(name) === '' ? 0 : 1);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('other fields', () => {
  const texts: CustomerTexts = {
    names: ['Harbour & Sons Ltd'],
    references: ['HARBO001', 'WA-12345'],
    postcodes: ['HX1 5ER'],
    emails: ['accounts@harbour.example.com'],
    phones: ['01632 960123', '+44 7700 900456'],
  };

  it.each<[string, Match]>([
    ['harbo001', { field: 'REFERENCE', score: 1 }],
    ['HARBO 001', { field: 'REFERENCE', score: 1 }],
    ['wa12345', { field: 'REFERENCE', score: 1 }],
    ['WA-123', { field: 'REFERENCE', score: 0.9 }],
    ['12345', { field: 'REFERENCE', score: 0.7 }],
    ['hx15er', { field: 'POSTCODE', score: 1 }],
    ['HX1', { field: 'POSTCODE', score: 0.9 }],
    ['Accounts@Harbour.example.com', { field: 'EMAIL', score: 1 }],
    ['accounts@', { field: 'EMAIL', score: 0.9 }],
    ['01632 960123', { field: 'PHONE', score: 1 }],
    ['(01632) 960-123', { field: 'PHONE', score: 1 }],
    ['+44 1632 960123', { field: 'PHONE', score: 1 }],
    ['0044 1632 960123', { field: 'PHONE', score: 1 }],
    ['07700 900456', { field: 'PHONE', score: 1 }],
    ['01632 960', { field: 'PHONE', score: 0.9 }],
    ['Harbour & Sons Ltd', { field: 'NAME', score: 1 }],
  ])('%j is found by its best field', (search, expected) => {
    expect(scoreCustomer(search, texts)).toEqual(expected);
  });

  it.each(['123', '96', 'X1', '@', 'ER'])('%j is too little for a number, a code or an address', (search) => {
    expect(scoreCustomer(search, { ...texts, names: [] }).score).toBeLessThanOrEqual(0.7);
  });

  it('a telephone number of a digit is like none', () => {
    expect(scoreCustomer('01632 960123', { ...nothing, phones: ['3', '', 'none'] }).score).toBe(0);
  });

  it('nothing at all is nothing of the name', () => {
    expect(scoreCustomer('Harbour', nothing)).toEqual({ field: 'NAME', score: 0 });
  });
});
