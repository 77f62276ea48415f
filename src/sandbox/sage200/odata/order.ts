import { compareValues } from '../../records/compare-values.ts';
import type { Row } from '../../records/row.ts';
import type { Shape } from './model.ts';
import { createUnknownPropertyError } from './odata-error.ts';
import { createTokenReader } from './tokens.ts';
import { operandTypeOf, readComparable, type OperandType } from './values.ts';

/** One term of an `$orderby`. */
export interface OrderTerm {
  readonly name: string;
  readonly type: OperandType;
  readonly isDescending: boolean;
}

/**
 * Reads an `$orderby`: `name desc, id asc`, ascending where nothing is said.
 *
 * @throws ODataError for what the API would refuse
 */
export function parseOrderBy(text: string, shape: Shape): readonly OrderTerm[] {
  const tokens = createTokenReader(text);
  const terms: OrderTerm[] = [];
  do {
    const token = tokens.next();
    if (token.kind !== 'word') throw tokens.createSyntaxError(token);
    const property = shape.properties.get(token.text);
    if (property?.kind !== 'value') throw createUnknownPropertyError(token.text, shape.name);
    const isDescending = tokens.accept('desc');
    if (!isDescending) tokens.accept('asc');
    terms.push({ name: token.text, type: operandTypeOf(property), isDescending });
  } while (tokens.accept(','));
  if (tokens.peek().kind !== 'end') throw tokens.createSyntaxError(tokens.peek());
  return terms;
}

/** The records in that order; equal ones keep theirs. Nulls come first, as in SQL Server. */
export function sortRows(rows: readonly Row[], terms: readonly OrderTerm[]): Row[] {
  return rows.toSorted((left, right) => {
    for (const { name, type, isDescending } of terms) {
      const order = compareValues(readComparable(left, name, type), readComparable(right, name, type));
      if (order !== 0) return isDescending ? -order : order;
    }
    return 0;
  });
}
