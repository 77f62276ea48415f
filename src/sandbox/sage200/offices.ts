import type { World } from '../world/index.ts';

/** Where a customer stands among head offices and their branches. */
export interface Office {
  readonly officeType: 'OfficeTypeStandalone' | 'OfficeTypeHeadOffice' | 'OfficeTypeBranch';
  /** Null for anything but a branch. */
  readonly headOfficeId: number | null;
}

/** A head office that examples can rely on; customer 1 is one of its branches. */
const knownHeadOfficeId = 7;
const headOfficeCount = 17;
const branchCount = 50;
const standalone: Office = { officeType: 'OfficeTypeStandalone', headOfficeId: null };

/** Decides which customers are branches, of which head office: a tenth of 500. A head office has none above it. */
export function planOffices(world: World, customerCount: number): (id: number) => Office {
  const others = Array.from({ length: customerCount }, (_, index) => index + 1).filter(
    (id) => id !== 1 && id !== knownHeadOfficeId,
  );
  const order = world.createFaker('sage200:offices').helpers.shuffle(others);
  const heads = [knownHeadOfficeId, ...order.slice(0, headOfficeCount - 1)];
  const branches = [1, ...order.slice(headOfficeCount - 1, headOfficeCount + branchCount - 2)];
  const offices = new Map<number, Office>();
  for (const id of heads) offices.set(id, { officeType: 'OfficeTypeHeadOffice', headOfficeId: null });
  for (const [index, id] of branches.entries()) {
    offices.set(id, {
      officeType: 'OfficeTypeBranch',
      headOfficeId: heads[index % heads.length] ?? knownHeadOfficeId,
    });
  }
  return (id) => offices.get(id) ?? standalone;
}
