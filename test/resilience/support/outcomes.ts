import type { UpstreamErrorCode } from '../../../src/rest/errors.ts';

/** How a fault's source is asked: for one customer, for several by their ids, for a page of a list. */
export const shapes = ['single', 'batch', 'list'] as const;
export type Shape = (typeof shapes)[number];

/** A customer in an answer. */
export type Customer = Readonly<Record<string, unknown>> & { readonly id: string };

/** What a fault does to the part of an answer that its source has to give. */
export type Outcome = {
  /** HTTP calls to the source, if not as many as without the fault. */
  readonly calls?: (usual: number) => number;
} & (
  | { readonly kind: 'unharmed' }
  /** Nothing of the source is there, and an error says why. */
  | { readonly kind: 'lost'; readonly code: UpstreamErrorCode; readonly retryAfterSeconds?: number }
  /** Nothing of the source is there, as if it had none of it. */
  | { readonly kind: 'absent' }
  /** Every customer of the source is another; `wrongField` has an error. */
  | {
      readonly kind: 'altered';
      readonly change: (customer: Customer) => Customer;
      readonly wrongField?: string;
    }
  /** Rows of a list are left out, each with an error. */
  | { readonly kind: 'dropped'; readonly code: UpstreamErrorCode }
  /** Some of it is there, and true; an error of this code may say why the rest is not. */
  | { readonly kind: 'thinned'; readonly code?: UpstreamErrorCode }
  /** The source sent what nobody can know to be wrong. */
  | { readonly kind: 'unknown' }
);

export const unharmed: Outcome = { kind: 'unharmed' };
export const absent: Outcome = { kind: 'absent' };
export const thinned: Outcome = { kind: 'thinned' };

export const twice = (usual: number): number => usual * 2;

/** Lost at the first call. */
export function lost(code: UpstreamErrorCode, retryAfterSeconds?: number): Outcome {
  return { kind: 'lost', code, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

/** Lost though every call was made again. */
export function lostTwice(code: UpstreamErrorCode): Outcome {
  return { kind: 'lost', code, calls: twice };
}

/** Another value, or null with an error at its field. */
export function alteredTo(field: string, change: (value: unknown) => unknown): Outcome {
  return { kind: 'altered', change: (customer) => ({ ...customer, [field]: change(customer[field]) }) };
}

export function unreadable(field: string): Outcome {
  return { kind: 'altered', change: (customer) => ({ ...customer, [field]: null }), wrongField: field };
}
