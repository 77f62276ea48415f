const target = /<([^>]*)>/y;
const parameter = /\s*;\s*([\w!#$&+.^`|~*-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s";,]*)))?/y;
const gap = /[\s,]*/y;

/**
 * Finds the target of a link in a `Link` header (RFC 8288) by its relation.
 *
 * @returns undefined where there is none, or the header cannot be read up to it
 */
export function findLink(header: string, relation: string): string | undefined {
  let place = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = place;
    const found = pattern.exec(header);
    if (found !== null) place = pattern.lastIndex;
    return found;
  };
  for (take(gap); place < header.length; take(gap)) {
    const [, uri] = take(target) ?? [];
    if (uri === undefined) return undefined;
    let relations: string | undefined;
    for (let found = take(parameter); found !== null; found = take(parameter)) {
      const [, name = '', quoted, token] = found;
      // Of several the first counts.
      if (name.toLowerCase() === 'rel') relations ??= quoted ?? token;
    }
    if (relations?.toLowerCase().split(/\s+/).includes(relation) === true) return uri;
  }
  return undefined;
}
