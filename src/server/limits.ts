import { GraphQLError, Kind, type SelectionSetNode } from 'graphql';
import type { Config } from '../config/load-config.ts';
import type { ErrorCode } from '../graph/errors.ts';
import type { SelectedOperation } from '../graph/selection.ts';

/** What an operation asks for, by its shape alone. */
interface OperationSize {
  /** Fields within fields: 1 for `{ sources }`. */
  readonly depth: number;
  readonly rootFields: number;
  /** Aliases, those of a fragment each time that it is used. */
  readonly aliases: number;
}

/**
 * Refuses an operation that asks for too much. What it says of introspection does not count: it is answered without
 * the sources, and the tools' own query is deep.
 *
 * @throws GraphQLError QUERY_TOO_COMPLEX
 */
export function checkSize(selected: SelectedOperation, limits: Config['server']): void {
  const { depth, rootFields, aliases } = measureOperation(selected);
  const problems = [
    describeExcess('levels of nesting', depth, limits.maxDepth),
    describeExcess('root fields', rootFields, limits.maxRootFields),
    describeExcess('aliases', aliases, limits.maxAliases),
  ].filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  throw new GraphQLError(`The operation is too large: ${problems.join(', ')}.`, {
    extensions: { code: 'QUERY_TOO_COMPLEX' satisfies ErrorCode, http: { status: 400 } },
  });
}

function describeExcess(what: string, found: number, most: number): string | undefined {
  return found > most ? `${found} ${what} (at most ${most})` : undefined;
}

/** The document must be valid: a fragment within itself has no end. */
function measureOperation({ operation, fragments }: SelectedOperation): OperationSize {
  // Fragments that use others twice would double the work with each.
  const measured = new Map<string, OperationSize>();

  function measureFragment(name: string): OperationSize {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const node = fragments.get(name);
    const size = node === undefined ? nothing : measure(node.selectionSet);
    measured.set(name, size);
    return size;
  }

  function measure({ selections }: SelectionSetNode): OperationSize {
    return selections.map(measureSelection).reduce(
      (sum, size) => ({
        depth: Math.max(sum.depth, size.depth),
        rootFields: sum.rootFields + size.rootFields,
        aliases: sum.aliases + size.aliases,
      }),
      nothing,
    );
  }

  function measureSelection(selection: SelectionSetNode['selections'][number]): OperationSize {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return measureFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return measure(selection.selectionSet);
    if (selection.name.value.startsWith('__')) return nothing;
    const below = selection.selectionSet === undefined ? nothing : measure(selection.selectionSet);
    return {
      depth: 1 + below.depth,
      rootFields: 1,
      aliases: (selection.alias === undefined ? 0 : 1) + below.aliases,
    };
  }

  return measure(operation.selectionSet);
}

const nothing: OperationSize = { depth: 0, rootFields: 0, aliases: 0 };
