import { gql } from 'graphql-tag';

export const typeDefs = gql`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])

  type Query {
    customer(id: ID!): Customer
    customers(ids: [ID!]!): [Customer]!
    sageCustomers(ids: [ID!]!): [Sage200Customer]!
    list(first: Int!): [Customer!]!
  }

  interface Customer {
    id: ID!
    name: String
    createdAt: String
    contacts: [Contact!]!
    addresses: [Address!]!
  }

  interface Contact {
    id: ID!
    name: String
    email: String
    phone: String
  }

  type Address {
    line1: String
    city: String
    postcode: String
  }

  type ElevateCustomer implements Customer @key(fields: "id") {
    id: ID!
    name: String
    createdAt: String
    contacts: [Contact!]!
    addresses: [Address!]!
    accountNumber: String
    sites: [Site!]!
  }

  type ElevateContact implements Contact {
    id: ID!
    name: String
    email: String
    phone: String
  }

  type Site {
    id: ID!
    name: String
    address: Address
    contacts: [Contact!]!
  }

  type Sage200Customer implements Customer @key(fields: "id") {
    id: ID!
    name: String
    createdAt: String
    contacts: [Contact!]!
    addresses: [Address!]!
    reference: String
    balance: Float
    currency: Lookup
    priceBand: Lookup
    country: Lookup
    taxCode: Lookup
  }

  type Sage200Contact implements Contact {
    id: ID!
    name: String
    email: String
    phone: String
  }

  type Lookup {
    id: ID!
    name: String
  }

  type CroCustomer implements Customer @key(fields: "id") {
    id: ID!
    name: String
    createdAt: String
    contacts: [Contact!]!
    addresses: [Address!]!
    locations: [Location!]!
  }

  type CroContact implements Contact {
    id: ID!
    name: String
    email: String
    phone: String
  }

  type Location {
    id: ID!
    note: String
    isActive: Boolean
  }
`;
