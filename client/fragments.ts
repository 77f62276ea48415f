/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** What an address is for. */
export type AddressPurpose =
  /** Invoices go here. */
  | 'BILLING'
  /** The customer's principal address. */
  | 'MAIN'
  /** Goods go here. */
  | 'SHIPPING'
  /** A place where the customer is served. */
  | 'SITE';

type CustomerCard_CroCustomer_Fragment = { __typename: 'CroCustomer', id: string, name: string | null, references: Array<string> | null, isActive: boolean | null, source: { name: string, title: string } };

type CustomerCard_ElevateCustomer_Fragment = { __typename: 'ElevateCustomer', id: string, name: string | null, references: Array<string> | null, isActive: boolean | null, source: { name: string, title: string } };

type CustomerCard_Sage200Customer_Fragment = { __typename: 'Sage200Customer', id: string, name: string | null, references: Array<string> | null, isActive: boolean | null, source: { name: string, title: string } };

export type CustomerCardFragment =
  | CustomerCard_CroCustomer_Fragment
  | CustomerCard_ElevateCustomer_Fragment
  | CustomerCard_Sage200Customer_Fragment
;

type CustomerContacts_CroCustomer_Fragment = { __typename: 'CroCustomer', id: string, contacts: Array<{ __typename: 'CroContact', id: string | null, name: string | null, emailAddresses: Array<string> | null, phoneNumbers: Array<string> | null }> | null };

type CustomerContacts_ElevateCustomer_Fragment = { __typename: 'ElevateCustomer', id: string, contacts: Array<{ __typename: 'ElevateContact', id: string | null, name: string | null, emailAddresses: Array<string> | null, phoneNumbers: Array<string> | null }> | null };

type CustomerContacts_Sage200Customer_Fragment = { __typename: 'Sage200Customer', id: string, contacts: Array<{ __typename: 'Sage200Contact', id: string | null, name: string | null, emailAddresses: Array<string> | null, phoneNumbers: Array<string> | null }> | null };

export type CustomerContactsFragment =
  | CustomerContacts_CroCustomer_Fragment
  | CustomerContacts_ElevateCustomer_Fragment
  | CustomerContacts_Sage200Customer_Fragment
;

type CustomerAddresses_CroCustomer_Fragment = { __typename: 'CroCustomer', id: string, addresses: Array<{ __typename: 'CroAddress', id: string | null, lines: Array<string> | null, city: string | null, region: string | null, postcode: string | null, countryCode: string | null, purposes: Array<AddressPurpose> | null }> | null };

type CustomerAddresses_ElevateCustomer_Fragment = { __typename: 'ElevateCustomer', id: string, addresses: Array<{ __typename: 'ElevateAddress', id: string | null, lines: Array<string> | null, city: string | null, region: string | null, postcode: string | null, countryCode: string | null, purposes: Array<AddressPurpose> | null }> | null };

type CustomerAddresses_Sage200Customer_Fragment = { __typename: 'Sage200Customer', id: string, addresses: Array<{ __typename: 'Sage200Address', id: string | null, lines: Array<string> | null, city: string | null, region: string | null, postcode: string | null, countryCode: string | null, purposes: Array<AddressPurpose> | null }> | null };

export type CustomerAddressesFragment =
  | CustomerAddresses_CroCustomer_Fragment
  | CustomerAddresses_ElevateCustomer_Fragment
  | CustomerAddresses_Sage200Customer_Fragment
;

export type ElevateCustomerDetailsFragment = { __typename: 'ElevateCustomer', id: string, accountNumber: string | null, type: string | null, startOn: string | null, endOn: string | null, isVip: boolean | null, billingCycle: { id: string | null, name: string | null } | null };

export type Sage200CustomerDetailsFragment = { __typename: 'Sage200Customer', id: string, reference: string | null, shortName: string | null, isOnHold: boolean | null, balance: string | null, creditLimit: string | null, currency: { id: string | null, name: string | null } | null };

export type CroCustomerDetailsFragment = { __typename: 'CroCustomer', id: string, createdAtLocal: string | null, updatedAtLocal: string | null, parent: { id: string, name: string | null } | null };

export const CustomerCardFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"CustomerCard"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"references"}},{"kind":"Field","name":{"kind":"Name","value":"isActive"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"title"}}]}}]}}]} as unknown as DocumentNode<CustomerCardFragment, unknown>;
export const CustomerContactsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"CustomerContacts"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"contacts"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"emailAddresses"}},{"kind":"Field","name":{"kind":"Name","value":"phoneNumbers"}}]}}]}}]} as unknown as DocumentNode<CustomerContactsFragment, unknown>;
export const CustomerAddressesFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"CustomerAddresses"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"addresses"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"lines"}},{"kind":"Field","name":{"kind":"Name","value":"city"}},{"kind":"Field","name":{"kind":"Name","value":"region"}},{"kind":"Field","name":{"kind":"Name","value":"postcode"}},{"kind":"Field","name":{"kind":"Name","value":"countryCode"}},{"kind":"Field","name":{"kind":"Name","value":"purposes"}}]}}]}}]} as unknown as DocumentNode<CustomerAddressesFragment, unknown>;
export const ElevateCustomerDetailsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ElevateCustomerDetails"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ElevateCustomer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"accountNumber"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"startOn"}},{"kind":"Field","name":{"kind":"Name","value":"endOn"}},{"kind":"Field","name":{"kind":"Name","value":"isVip"}},{"kind":"Field","name":{"kind":"Name","value":"billingCycle"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<ElevateCustomerDetailsFragment, unknown>;
export const Sage200CustomerDetailsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Sage200CustomerDetails"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Sage200Customer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"shortName"}},{"kind":"Field","name":{"kind":"Name","value":"isOnHold"}},{"kind":"Field","name":{"kind":"Name","value":"balance"}},{"kind":"Field","name":{"kind":"Name","value":"creditLimit"}},{"kind":"Field","name":{"kind":"Name","value":"currency"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<Sage200CustomerDetailsFragment, unknown>;
export const CroCustomerDetailsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"CroCustomerDetails"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CroCustomer"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"createdAtLocal"}},{"kind":"Field","name":{"kind":"Name","value":"updatedAtLocal"}},{"kind":"Field","name":{"kind":"Name","value":"parent"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<CroCustomerDetailsFragment, unknown>;