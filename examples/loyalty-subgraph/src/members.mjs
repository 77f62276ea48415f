/** Invented members. Their customers are those of customer-graph's sandbox. */
export const members = [
  { cardNumber: 'L-1001', customerId: 'elevate:1', points: 7_420, since: '2019-03-01' },
  { cardNumber: 'L-1002', customerId: 'sage200:1', points: 5_060, since: '2020-11-17' },
  { cardNumber: 'L-1003', customerId: 'cro:1', points: 3_310, since: '2021-06-30' },
  { cardNumber: 'L-1004', customerId: 'elevate:2', points: 2_875, since: '2021-09-04' },
  { cardNumber: 'L-1005', customerId: 'sage200:2', points: 990, since: '2023-01-23' },
  { cardNumber: 'L-1006', customerId: 'cro:2', points: 120, since: '2025-05-12' },
];

const byCustomer = new Map(members.map((member) => [member.customerId, member]));

/** The member with this customer id; undefined if the customer is not a member. */
export function findMember(customerId) {
  return byCustomer.get(customerId);
}
