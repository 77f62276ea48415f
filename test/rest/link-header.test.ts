import { describe, expect, it } from '@jest/globals';
import { findLink } from '../../src/rest/link-header.ts';

describe('the next link', () => {
  it.each([
    ['quoted', '</a?page=2>; rel="next"', '/a?page=2'],
    ['not quoted', '</a>;rel=next', '/a'],
    ['in capitals', '</a>; REL="Next"', '/a'],
    ['among other links', '</a>; rel="prev", </b>; rel="next", </c>; rel="last"', '/b'],
    ['among other relations', '</a>; rel="up  next"', '/a'],
    ['with commas, semicolons and brackets in its target', '</a?ids=1,2;x=<y>; rel=next', '/a?ids=1,2;x=<y'],
    ['behind a title with separators in it', '</a>; title="x, <b>; rel=\\"prev\\""; rel="next"', '/a'],
    ['behind a parameter without a value', '</a>; crossorigin; rel=next', '/a'],
    ['after stray commas', ', ,</a>; rel=next,', '/a'],
  ])('is found %s', (_what, header, expected) => {
    expect(findLink(header, 'next')).toBe(expected);
  });

  it.each([
    ['of an empty header', ''],
    ['where there is another relation', '</a>; rel="nextish", </b>; rel="next-page"'],
    ['where only a title says so', '</a>; title="; rel=next"; rel="prev"'],
    ['where the first of two relations is another', '</a>; rel="prev"; rel="next"'],
    ['in a text that is no header', 'rel="next" </a>'],
    ['behind what cannot be read', '</a>; rel="prev, </b>; rel="next"'],
  ])('is none %s', (_what, header) => {
    expect(findLink(header, 'next')).toBeUndefined();
  });
});
