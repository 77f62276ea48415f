import type { World } from '../world.ts';

/** Where a customer stands among head offices and their branches. */
export interface Office {
  readonly officeType: 'OfficeTypeStandalone' | 'OfficeTypeHeadOffice' | 'OfficeTypeBranch';
  /** Null for anything but a branch. */
  readonly headOfficeId: number | null;
}

/** A head office that examples can rely on; customer 1 is one of its branches. */
const KNOWN_HEAD_OFFICE_ID = 7;
const HEAD_OFFICE_COUNT = 17;
const BRANCH_COUNT = 50;
const STANDALONE: Office = { officeType: 'OfficeTypeStandalone', headOfficeId: null };

/** Decides which customers are branches, of which head office: a tenth of 500. A head office has none above it. */
export function planOffices(world: World, customerCount: number): (id: number) => Office {
  const others = Array.from({ length: customerCount }, (_, index) => index + 1).filter((id) => id !== 1 && id !== KNOWN_HEAD_OFFICE_ID);
  const order = world.createFaker('sage200:offices').helpers.shuffle(others);
  const heads = [KNOWN_HEAD_OFFICE_ID, ...order.slice(0, HEAD_OFFICE_COUNT - 1)];
  const branches = [1, ...order.slice(HEAD_OFFICE_COUNT - 1, HEAD_OFFICE_COUNT + BRANCH_COUNT - 2)];
  const offices = new Map<number, Office>();
  for (const id of heads) offices.set(id, { officeType: 'OfficeTypeHeadOffice', headOfficeId: null });
  for (const [index, id] of branches.entries()) {
    offices.set(id, { officeType: 'OfficeTypeBranch', headOfficeId: heads[index % heads.length] ?? KNOWN_HEAD_OFFICE_ID });
  }
  return (id) => offices.get(id) ?? STANDALONE;
}
