export const typeDefs = `#graphql
  interface Customer { id: ID! name: String createdAt: String contacts: [Contact!]! addresses: [Address!]! }
  interface Contact { id: ID! name: String email: String phone: String }
  type Address { line1: String city: String postcode: String }

  type ElevateCustomer implements Customer {
    id: ID! name: String createdAt: String contacts: [Contact!]! addresses: [Address!]!
    accountNumber: String sites: [Site!]!
  }
  type ElevateContact implements Contact { id: ID! name: String email: String phone: String }
  type Site { id: ID! name: String address: Address contacts: [Contact!]! }

  type Sage200Customer implements Customer {
    id: ID! name: String createdAt: String contacts: [Contact!]! addresses: [Address!]!
    reference: String balance: Float
  }
  type Sage200Contact implements Contact { id: ID! name: String email: String phone: String }

  type CroCustomer implements Customer {
    id: ID! name: String createdAt: String contacts: [Contact!]! addresses: [Address!]!
    locations: [Location!]!
  }
  type CroContact implements Contact { id: ID! name: String email: String phone: String }
  type Location { id: ID! note: String isActive: Boolean }

  type Query { customer(id: ID!): Customer customers(ids: [ID!]!): [Customer]! }
`;
