/**
 * How the scalars arrive, for code generators: texts that keep every digit, so nothing is lost on the way. `Decimal` is
 * no number in JavaScript, whose numbers would round it.
 */
export const scalars = {
  Date: 'string',
  DateTime: 'string',
  Decimal: 'string',
  LocalDateTime: 'string',
} as const;
