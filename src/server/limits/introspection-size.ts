import {
  getArgumentValues,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isWrappingType,
  TypeMetaFieldDef,
  type FieldNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import type { AnswerMeter } from '../../graph/answer-meter.ts';
import { groupFields, selectionsWithin } from '../../graph/grouped-fields.ts';
import type { SelectedOperation } from '../../graph/selection.ts';

/**
 * Measures what an operation gets to see of the schema before anything of it is made: GraphQL answers introspection
 * itself, and does not stop. Ends when the answer would be too large.
 */
export function measureIntrospection(
  schema: GraphQLSchema,
  { operation, fragments, variables }: SelectedOperation,
  answer: AnswerMeter,
): void {
  const grouping = { fragments, variables };

  function measureWithin(nodes: readonly object[], sets: readonly SelectionSetNode[]): void {
    for (const [key, fields] of groupFields(sets, grouping)) {
      const field = fields[0]?.name.value ?? key;
      const inner = selectionsWithin(fields);
      const found: object[] = [];
      for (const node of nodes) {
        if (answer.isFull) return;
        const value = readField(schema, node, field);
        answer.addValue(key, value);
        if (inner.length > 0) found.push(...[value].flat().filter(isObject));
      }
      if (found.length > 0) measureWithin(found, inner);
    }
  }

  for (const [key, fields] of groupFields([operation.selectionSet], grouping)) {
    const root = fields[0] && findRoot(schema, fields[0], variables);
    if (root === undefined) continue;
    answer.addValue(key, undefined);
    measureWithin([root], selectionsWithin(fields));
  }
}

function findRoot(
  schema: GraphQLSchema,
  field: FieldNode,
  variables: SelectedOperation['variables'],
): object | undefined {
  switch (field.name.value) {
    case '__schema':
      return schema;
    case '__type':
      return schema.getType(String(getArgumentValues(TypeMetaFieldDef, field, variables)['name']));
    default:
      return undefined;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The value of a field of introspection, with what is deprecated. Each name means the same wherever it is. */
function readField(schema: GraphQLSchema, node: object, field: string): unknown {
  switch (field) {
    case 'queryType':
      return schema.getQueryType();
    case 'types':
      return Object.values(schema.getTypeMap());
    case 'directives':
      return schema.getDirectives();
    case 'fields':
      return isObjectType(node) || isInterfaceType(node) ? Object.values(node.getFields()) : null;
    case 'inputFields':
      return isInputObjectType(node) ? Object.values(node.getFields()) : null;
    case 'interfaces':
      return isObjectType(node) || isInterfaceType(node) ? node.getInterfaces() : null;
    case 'possibleTypes':
      return isAbstractType(node) ? schema.getPossibleTypes(node) : null;
    case 'enumValues':
      return isEnumType(node) ? node.getValues() : null;
    case 'ofType':
      return isWrappingType(node) ? node.ofType : null;
    default:
      // `name`, `args`, `type` and others: graphql-js calls them the same.
      return Reflect.get(node, field);
  }
}
