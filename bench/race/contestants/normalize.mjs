/*
 * Hand-written projections of the three APIs' records into one shape, as the limit and plain Apollo use them. Each
 * makes all of a customer that the race asks for.
 */

/** By API: a record as it comes into a customer. */
export const normalize = { elevate: fromElevate, sage200: fromSage200, cro: fromCro };

function fromElevate(record) {
  return {
    __typename: 'ElevateCustomer',
    id: `elevate:${record.id}`,
    name: record.customerName,
    createdAt: record.createdDate,
    accountNumber: record.customerAccountNumber,
    contacts: record.customerContacts.map(fromElevateContact),
    addresses: record.sites.map((site) => fromElevateAddress(site.siteAddress)),
    sites: record.sites.map((site) => ({
      id: site.id,
      name: site.siteName,
      address: fromElevateAddress(site.siteAddress),
      contacts: site.siteContacts.map(fromElevateContact),
    })),
  };
}

function fromElevateContact(contact) {
  return {
    __typename: 'ElevateContact',
    id: contact.id,
    name: contact.contactName,
    email: contact.contactEmailAddress,
    phone: contact.contactTelephoneNumber,
  };
}

function fromElevateAddress({ address1, town, postcode }) {
  return { line1: address1, city: town, postcode };
}

function fromSage200(record) {
  const { address_1, city, postcode } = record.main_address;
  return {
    __typename: 'Sage200Customer',
    id: `sage200:${record.id}`,
    name: record.name,
    createdAt: record.date_time_created,
    reference: record.reference,
    balance: record.balance,
    contacts: record.contacts.map((contact) => ({
      __typename: 'Sage200Contact',
      id: contact.id,
      name: contact.name,
      email: contact.default_email,
      phone: contact.default_telephone,
    })),
    addresses: [{ line1: address_1, city, postcode }],
  };
}

function fromCro(record) {
  return {
    __typename: 'CroCustomer',
    id: `cro:${record.id}`,
    name: record.name,
    createdAt: record.created_on,
    contacts: record.contacts.map((contact) => ({
      __typename: 'CroContact',
      id: contact.id,
      name: contact.name,
      email: contact.email,
      phone: contact.number,
    })),
    addresses: record.addresses.map(({ line_1, locality, postcode }) => ({
      line1: line_1,
      city: locality,
      postcode,
    })),
    locations: record.locations.map(({ location_id, note, is_active }) => ({
      id: location_id,
      note,
      isActive: is_active,
    })),
  };
}
