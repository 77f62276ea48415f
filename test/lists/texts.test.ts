import { describe, expect, it } from '@jest/globals';
import { chooseSearchWords, simplify, tellingWords } from '../../src/graph/search/texts.ts';

describe('simplify', () => {
  it.each([
    ['Harbour & Sons Ltd', 'harbour and sons ltd'],
    ['  HARBOUR&SONS,  LTD. ', 'harbour and sons ltd'],
    ['Café Zoë', 'cafe zoe'],
    ['Siân’s Bakery', 'sian s bakery'],
    ['Ｆｕｌｌ ﬁeld №1', 'full field no1'],
    ['株式会社ハーバー', '株式会社ハーバー'.normalize('NFKD').replace(/\p{M}/gu, '')],
    ['Île-de-Ré', 'ile de re'],
    ['!?', ''],
    ['', ''],
  ])('%j is %j', (text, expected) => {
    expect(simplify(text)).toBe(expected);
  });
});

describe('tellingWords', () => {
  it.each([
    ['harbour and sons limited', ['harbour', 'sons']],
    ['the company of roofers plc', ['roofers']],
    ['the co', ['the', 'co']],
    ['', []],
  ])('of %j are %j', (text, expected) => {
    expect(tellingWords(text)).toEqual(expected);
  });
});

describe('chooseSearchWords', () => {
  it.each([
    ['the longest first', 'Oak Harbour Roofing', ['Harbour', 'Roofing']],
    ['no legal forms and fillers', 'The Oak & Company of Limited', ['Oak']],
    ['fillers where there is nothing else', 'The Co', ['The', 'Co']],
    ['as they are written', 'HARBOUR & sons', ['HARBOUR', 'sons']],
    ['each once', 'Bath Bath', ['Bath']],
    ['plain ones before longer ones with accents', 'Crêperie Bath', ['Bath', 'Crêperie']],
    ['what an apostrophe parts, without the single letter', 'O’Brien', ['Brien']],
    ['the same by another apostrophe', "O'Brien", ['Brien']],
    ['what a hyphen parts', 'Kowalczyk-Łoś, Zoë', ['Kowalczyk', 'Łoś']],
    ['no word of two letters where there is a longer one with accents', 'Île-de-Ré', ['Île', 'Ré']],
    ['letters that are marks in Unicode with the letter they stand on', 'Zoe\u0308', ['Zoe\u0308']],
    ['other scripts', '株式会社 Ltd', ['株式会社']],
    ['a single letter where there is nothing else', 'X', ['X']],
    ['digits', '01632 960123', ['960123', '01632']],
    ['none of a text without letters', '& !', []],
  ])('gives %s', (_what, text, expected) => {
    expect(chooseSearchWords(text, 2)).toEqual(expected);
  });

  it('gives as many as are wanted', () => {
    expect(chooseSearchWords('one three fourteen', 1)).toEqual(['fourteen']);
    expect(chooseSearchWords('one three fourteen', 9)).toEqual(['fourteen', 'three', 'one']);
  });
});
