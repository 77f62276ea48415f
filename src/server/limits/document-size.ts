import { Kind, type DocumentNode, type FieldNode, type SelectionNode, type SelectionSetNode } from 'graphql';
import { fragmentsOf, type Fragments } from '../../graph/selection.ts';
import { countRepeats } from './repeats.ts';

/** Selection sets within selection sets, fragments among them; beyond this nothing is read any further. */
export const maxNesting = 250;

/** What a document asks for, by its shape alone: of its operations the largest, where nothing else is said. */
export interface DocumentSize {
  /** Fields within fields outside introspection: 1 for `{ sources }`. */
  readonly depth: number;
  /** Fields within `__schema` or `__type`. */
  readonly introspectionDepth: number;
  /** Selection sets within selection sets; one more than `maxNesting` where there are more. */
  readonly nesting: number;
  readonly rootFields: number;
  /** `__schema` fields. */
  readonly schemas: number;
  /** Aliases, those of a fragment each time that it is used. */
  readonly aliases: number;
  /** Directives, those of a fragment each time that it is used. */
  readonly directives: number;
  /** Fields and fragments of all operations together, those of a fragment each time that it is used. */
  readonly selections: number;
  /** Fields that are selected again in the same place. Not counted where there are too many selections. */
  readonly repeats: number;
  /** Whether a fragment is used within itself. Such a document is not valid, and its counts are too low. */
  readonly isCyclic: boolean;
}

/**
 * Measures a document that need not be valid: fragments that are missing or within themselves count as empty. Those that
 * no operation uses are validated too, and so count as operations do.
 *
 * @param maxSelections beyond so many repeats are not counted
 */
export function measureDocument({ definitions }: DocumentNode, maxSelections: number): DocumentSize {
  const fragments = fragmentsOf(definitions);
  const measure = createMeasure(fragments);
  const roots = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const sizes = roots.map((node) => addDirectives(measure.selectionSet(node.selectionSet, 1), [node]));
  const measuredSets = roots.map(({ selectionSet }) => selectionSet);
  for (const [name, { selectionSet }] of fragments) {
    if (measure.isMeasured(name)) continue;
    sizes.push({ ...measure.fragment(name, 1), rootFields: 0 });
    measuredSets.push(selectionSet);
  }
  const largest = sizes.reduce(mergeLargest, nothing);
  const selections = sizes.reduce((sum, size) => addUp(sum, size.selections), 0);
  const isCyclic = measure.isCyclic();
  const isCountable = !isCyclic && selections <= maxSelections && largest.nesting <= maxNesting;
  const repeats = isCountable ? measuredSets.map((set) => countRepeats(set, fragments)) : [];
  return { ...largest, selections, isCyclic, repeats: repeats.reduce((sum, count) => sum + count, 0) };
}

type SelectionSize = Omit<DocumentSize, 'repeats' | 'isCyclic'>;

const nothing: SelectionSize = {
  depth: 0,
  introspectionDepth: 0,
  nesting: 0,
  rootFields: 0,
  schemas: 0,
  aliases: 0,
  directives: 0,
  selections: 0,
};

/** Measures selections; each fragment once, or those that use others twice would double the work with each. */
function createMeasure(fragments: Fragments) {
  const measured = new Map<string, SelectionSize>();
  const open = new Set<string>();
  let isCyclic = false;

  function measureFragment(name: string, level: number): SelectionSize {
    if (open.has(name)) isCyclic = true;
    const known = measured.get(name);
    if (known !== undefined) return known;
    const node = fragments.get(name);
    if (node === undefined || open.has(name)) return nothing;
    open.add(name);
    const size = addDirectives(measureSet(node.selectionSet, level), [node]);
    open.delete(name);
    measured.set(name, size);
    return size;
  }

  function measureSet({ selections }: SelectionSetNode, level: number): SelectionSize {
    if (level > maxNesting) return { ...nothing, nesting: 1 };
    const sum = selections.reduce(
      (size, node) => addSize(size, addDirectives(measureSelection(node, level + 1), [node])),
      nothing,
    );
    return { ...sum, nesting: sum.nesting + 1, selections: addUp(sum.selections, selections.length) };
  }

  function measureSelection(node: SelectionNode, level: number): SelectionSize {
    if (node.kind === Kind.FRAGMENT_SPREAD) return measureFragment(node.name.value, level);
    if (node.kind === Kind.INLINE_FRAGMENT) return measureSet(node.selectionSet, level);
    return measureField(
      node,
      node.selectionSet === undefined ? nothing : measureSet(node.selectionSet, level),
    );
  }

  return {
    selectionSet: measureSet,
    fragment: measureFragment,
    isMeasured: (name: string) => measured.has(name),
    isCyclic: () => isCyclic,
  };
}

function measureField({ name, alias }: FieldNode, below: SelectionSize): SelectionSize {
  const isSchema = name.value === '__schema';
  const isIntrospection = isSchema || name.value === '__type';
  return {
    ...below,
    depth: isIntrospection ? 1 : 1 + below.depth,
    introspectionDepth: isIntrospection
      ? Math.max(below.depth, below.introspectionDepth)
      : below.introspectionDepth,
    rootFields: 1,
    schemas: (isSchema ? 1 : 0) + below.schemas,
    aliases: (alias === undefined ? 0 : 1) + below.aliases,
  };
}

function addDirectives(
  size: SelectionSize,
  nodes: readonly { readonly directives?: readonly unknown[] | undefined }[],
): SelectionSize {
  const count = nodes.reduce((sum, { directives = [] }) => sum + directives.length, 0);
  return count === 0 ? size : { ...size, directives: size.directives + count };
}

/** Two selections beside each other. */
function addSize(a: SelectionSize, b: SelectionSize): SelectionSize {
  return {
    ...mergeLargest(a, b),
    rootFields: addUp(a.rootFields, b.rootFields),
    schemas: addUp(a.schemas, b.schemas),
    aliases: addUp(a.aliases, b.aliases),
    directives: addUp(a.directives, b.directives),
    selections: addUp(a.selections, b.selections),
  };
}

/** Fragments that double each other reach any number; it need not be exact. */
function addUp(a: number, b: number): number {
  return Math.min(a + b, 1e18);
}

function mergeLargest(a: SelectionSize, b: SelectionSize): SelectionSize {
  return {
    depth: Math.max(a.depth, b.depth),
    introspectionDepth: Math.max(a.introspectionDepth, b.introspectionDepth),
    nesting: Math.max(a.nesting, b.nesting),
    rootFields: Math.max(a.rootFields, b.rootFields),
    schemas: Math.max(a.schemas, b.schemas),
    aliases: Math.max(a.aliases, b.aliases),
    directives: Math.max(a.directives, b.directives),
    selections: Math.max(a.selections, b.selections),
  };
}
