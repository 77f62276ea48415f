/*
 * For typed clients of customer-graph; nothing of the server is in here. docs/clients.md says how to use it.
 */
export { possibleTypes } from './possible-types.ts';
export { scalars } from './scalars.ts';
export {
  CroCustomerDetailsFragmentDoc,
  CustomerAddressesFragmentDoc,
  CustomerCardFragmentDoc,
  CustomerContactsFragmentDoc,
  ElevateCustomerDetailsFragmentDoc,
  Sage200CustomerDetailsFragmentDoc,
} from './fragments.ts';
export { missingPossibleTypes } from './missing-possible-types.ts';
export type {
  CroCustomerDetailsFragment,
  CustomerAddressesFragment,
  CustomerCardFragment,
  CustomerContactsFragment,
  ElevateCustomerDetailsFragment,
  Sage200CustomerDetailsFragment,
} from './fragments.ts';
export type { PossibleTypes } from './missing-possible-types.ts';
