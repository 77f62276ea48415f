import type { Resolvers } from '../../generated/graph.ts';
import { sourcesOpenTo } from '../context.ts';
import { badUserInput } from '../errors.ts';
import { customers, search } from './lists.ts';
import { loadCustomer, loadNode } from './load.ts';

/** Ids that `customersByIds` takes. */
export const maxIds = 200;

export const queryResolvers: Pick<Resolvers, 'Query'> = {
  Query: {
    customer: (_root, { id }, context) => loadCustomer(id, context),
    customersByIds(_root, { ids }, context) {
      if (ids.length > maxIds)
        throw badUserInput(`customersByIds takes at most ${maxIds} ids: found ${ids.length}.`);
      return ids.map((id) => loadCustomer(id, context));
    },
    customers,
    search,
    node: (_root, { id }, context) => loadNode(id, context),
    sources: (_root, _args, context) => sourcesOpenTo(context),
  },
};
