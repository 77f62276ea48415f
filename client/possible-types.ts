/** For each interface the types that implement it: for Apollo Client's cache, and for urql's Graphcache. */
export const possibleTypes: Record<string, string[]> = {
  "Node": [
    "CroCustomer",
    "CroLocation",
    "ElevateCustomer",
    "ElevateSite",
    "Sage200Customer"
  ],
  "Customer": [
    "CroCustomer",
    "ElevateCustomer",
    "Sage200Customer"
  ],
  "Address": [
    "CroAddress",
    "CroLocationAddress",
    "ElevateAddress",
    "Sage200Address",
    "Sage200DeliveryAddress"
  ],
  "Contact": [
    "CroContact",
    "CroLocationContact",
    "ElevateContact",
    "Sage200Contact"
  ]
};
