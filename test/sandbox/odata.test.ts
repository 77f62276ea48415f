import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Row } from '../../src/sandbox/records/row.ts';
import { markDecimal, writeJson } from '../../src/sandbox/sage200/odata/decimals.ts';
import { matchesFilter } from '../../src/sandbox/sage200/odata/evaluate.ts';
import { parseFilter, usesOr } from '../../src/sandbox/sage200/odata/filter.ts';
import { describeShape } from '../../src/sandbox/sage200/odata/metadata.ts';
import { defineModel, shapeOf } from '../../src/sandbox/sage200/odata/model.ts';
import { ODataError } from '../../src/sandbox/sage200/odata/odata-error.ts';
import { parseOrderBy, sortRows } from '../../src/sandbox/sage200/odata/order.ts';
import { parseProjection, projectRow } from '../../src/sandbox/sage200/odata/projection.ts';
import {
  filterRows,
  parseCollectionQuery,
  parseRecordQuery,
  queryRows,
} from '../../src/sandbox/sage200/odata/query.ts';

const model = defineModel(
  {
    customer: `
      id:int64 name:string(60) balance:decimal(2) on_hold:boolean status:enum(statuses) opened:date-time code_1..2:string(8)
      main_address:{address} contacts:[contact] notes:[note]!
    `,
    address: 'id:int64 city:string(60) country:{country}',
    contact: 'id:int64 email:string(60) notes:[note]!',
    country: 'id:int64 code:string(2)',
    note: 'id:int64 text:string(20)',
  },
  { statuses: ['Active', 'Hidden'] },
);
const shape = shapeOf(model, 'customer');

const rows: readonly Row[] = [
  {
    ...{
      id: 1,
      name: "O'Brien & Sons",
      balance: 12.5,
      on_hold: false,
      status: 'Active',
      opened: '2020-01-02T00:00:00Z',
    },
    ...{ code_1: 'A', code_2: '', main_address: { id: 5, city: 'Leeds', country: { id: 1, code: 'GB' } } },
    ...{ contacts: [{ id: 8, email: 'a@example.com', notes: [] }], notes: [{ id: 9, text: 'kept' }] },
  },
  {
    id: 2,
    name: 'Åse Ltd',
    balance: 0,
    on_hold: true,
    status: 'Hidden',
    opened: '2021-05-06T07:08:09.123Z',
    code_1: 'B',
    notes: [],
  },
  {
    id: 3,
    name: 'brook and co',
    balance: '12345678901234567.89',
    on_hold: false,
    status: 'Active',
    opened: null,
    code_1: null,
    notes: [],
  },
];

function idsOf(filter: string): unknown[] {
  const parsed = parseFilter(filter, shape);
  return rows.filter((row) => matchesFilter(parsed, row)).map((row) => row['id']);
}

function idsEqual(count: number): string {
  return Array.from({ length: count }, (_, index) => `id eq ${index + 1}`).join(' or ');
}

describe('$filter', () => {
  it.each([
    ['id eq 2', [2]],
    ['id ne 2', [1, 3]],
    ['id gt 1 and id le 3', [2, 3]],
    ['2 lt id', [3]],
    ['id ge 3 or id lt 2', [1, 3]],
    ['id eq 1 or id eq 2 and on_hold eq false', [1]],
    ['(id eq 1 or id eq 2) and on_hold eq true', [2]],
    ['not (id eq 1) and not on_hold', [3]],
    ['  id   eq   1   or(id eq 3)  ', [1, 3]],
    ['balance gt 12.49', [1, 3]],
    ['balance eq 0', [2]],
    ['balance gt -1', [1, 2, 3]],
    ["name eq 'O''Brien & Sons'", [1]],
    ["name eq 'BROOK AND CO'", [3]],
    ["contains(name, 'o')", [1, 3]],
    ["startswith( name ,'Å')", [2]],
    ["endswith(name,'ltd') eq true", [2]],
    ["not contains(name,'o')", [2]],
    ["contains(code_1,'a')", [1]],
    ['code_1 eq null', [3]],
    ['code_1 ne null', [1, 2]],
    ["code_1 ne 'A'", [2, 3]],
    ["status eq 'Hidden'", [2]],
    ["status eq '0'", [1, 3]],
    ['opened gt 2020-01-02', [2]],
    ['opened ge 2020-01-02T00:00:00Z', [1, 2]],
    ['opened eq 2021-05-06T07:08:09.123Z', [2]],
    ['opened lt 2030-01-01', [1, 2]],
    ["name eq 'no one'", []],
  ])('%s', (filter, ids) => {
    expect(idsOf(filter)).toEqual(ids);
  });

  it.each([
    ['colour eq 1', "'colour'"],
    ['main_address eq null', "'main_address'"],
    ['main_address.city eq 1', "'main_address.city'"],
    ["id eq '1'", 'incompatible types'],
    ['name eq 5', 'incompatible types'],
    ['opened gt 2020-01-02T00:00:00', 'end in Z'],
    ['opened gt 2020-01-02T00:00:00+01:00', 'end in Z'],
    ['opened gt 2020-13-02', 'not a date-time'],
    ["contains(id, 'x')", 'strings only'],
    ["contains(name 'x')", 'Syntax error'],
    ['id', 'condition'],
    ['id eq', 'Unexpected end'],
    ['id eq 1 id eq 2', 'Syntax error'],
    ['(id eq 1', 'Unexpected end'],
    ['id in (1,2)', 'Syntax error'],
    ["name eq 'open", 'Syntax error'],
    ['id eq 1 %', 'Syntax error'],
    ['', 'Unexpected end'],
    [`${'('.repeat(2000)}id eq 1${')'.repeat(2000)}`, 'recursion limit'],
  ])('refuses %s', (filter, message) => {
    expect(() => parseFilter(filter, shape)).toThrow(ODataError);
    expect(() => parseFilter(filter, shape)).toThrow(message);
  });

  it('has room for 25 ids, and not for more', () => {
    expect(idsOf(idsEqual(25))).toEqual([1, 2, 3]);
    expect(() => parseFilter(idsEqual(26), shape)).toThrow("The node count limit of '100'");
  });

  it('finds any text that is quoted with its quotes doubled', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const filter = parseFilter(`name eq '${name.replaceAll("'", "''")}'`, shape);
        expect(matchesFilter(filter, { name })).toBe(true);
      }),
    );
  });

  it('knows where conditions are joined by or', () => {
    expect(usesOr(parseFilter('not (id eq 1 and (id eq 2 or id eq 3))', shape))).toBe(true);
    expect(usesOr(parseFilter("id eq 1 and name eq 'a or b'", shape))).toBe(false);
  });
});

describe('$orderby', () => {
  it.each([
    ['name', [2, 3, 1]],
    ['id desc', [3, 2, 1]],
    ['on_hold desc, id asc', [2, 1, 3]],
    ['balance desc', [3, 1, 2]],
    ['opened', [3, 1, 2]],
    ['  name   desc ', [1, 3, 2]],
  ])('%s', (text, ids) => {
    const order = sortRows(
      rows.map((row) => (row['id'] === 2 ? { ...row, name: 'ase' } : row)),
      parseOrderBy(text, shape),
    );
    expect(order.map((row) => row['id'])).toEqual(ids);
  });

  it.each([
    ['colour', "'colour'"],
    ['contacts', "'contacts'"],
    ['name downwards', 'Syntax error'],
    ['name,', 'Syntax|Unexpected end'],
    ['', 'Unexpected end'],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseOrderBy(text, shape)).toThrow(new RegExp(message));
  });
});

describe('$select and $expand', () => {
  const [first = {}] = rows;
  const send = (select?: string, expand?: string): unknown =>
    JSON.parse(writeJson(projectRow(first, shape, model, parseProjection(select, expand, shape, model))));

  it('sends linked records empty, and owned ones whole', () => {
    expect(send()).toMatchObject({
      id: 1,
      balance: 12.5,
      main_address: {},
      contacts: [],
      notes: [{ id: 9, text: 'kept' }],
    });
  });

  it('fills what is expanded, one level deep', () => {
    expect(send(undefined, ' main_address , contacts ')).toMatchObject({
      main_address: { id: 5, city: 'Leeds', country: {} },
      contacts: [{ id: 8, email: 'a@example.com', notes: [] }],
    });
  });

  it('sends only what is selected, in the order of the properties', () => {
    expect(send('name, id')).toEqual({ id: 1, name: "O'Brien & Sons" });
    expect(send('id,contacts')).toEqual({ id: 1, contacts: [] });
    expect(send('id', 'contacts')).toEqual({ id: 1 });
  });

  it('selects within an expanded record', () => {
    expect(send('id,main_address.city', 'main_address')).toEqual({ id: 1, main_address: { city: 'Leeds' } });
    expect(send('main_address.city,main_address', 'main_address')).toEqual({
      main_address: { id: 5, city: 'Leeds', country: {} },
    });
    expect(send('contacts.email,contacts.id', 'contacts')).toEqual({
      contacts: [{ id: 8, email: 'a@example.com' }],
    });
  });

  it('sends null for an expanded record that is not there', () => {
    const projection = parseProjection('main_address', 'main_address', shape, model);
    expect(projectRow({}, shape, model, projection)).toEqual({ main_address: null });
  });

  it.each([
    ['colour', undefined, "'colour'"],
    ['name.length', undefined, "'name.length'"],
    ['main_address.colour', 'main_address', "'main_address.colour'"],
    ['main_address.country.code', 'main_address', "'main_address.country.code'"],
    ['main_address.city', undefined, '$expand'],
    ['id,,name', undefined, 'missing'],
    [undefined, 'name', "'name'"],
    [undefined, 'main_address/country', "'main_address/country'"],
  ])('refuses $select=%s with $expand=%s', (select, expand, message) => {
    expect(() => parseProjection(select, expand, shape, model)).toThrow(message);
  });
});

describe('query options', () => {
  const idsFor = (parameters: Record<string, unknown>): unknown[] =>
    queryRows(rows, parseCollectionQuery(parameters, shape, model)).map((row) => row['id']);

  it('pages', () => {
    expect(idsFor({ $top: '2' })).toEqual([1, 2]);
    expect(idsFor({ $top: '0' })).toEqual([]);
    expect(idsFor({ $top: '2', $skip: '1', $orderby: 'id desc' })).toEqual([2, 1]);
    expect(idsFor({ $top: '5000', other: 'ignored' })).toEqual([1, 2, 3]);
  });

  it('counts without regard to the page', () => {
    const query = parseCollectionQuery({ $count: 'true', $top: '1', $filter: 'id gt 1' }, shape, model);
    expect(query.isCount).toBe(true);
    expect(filterRows(rows, query)).toHaveLength(2);
  });

  it.each([
    [{ $top: '-1' }, '$top'],
    [{ $top: '5001' }, '$top'],
    [{ $top: 'all' }, '$top'],
    [{ $skip: '1' }, '$orderby'],
    [{ $skip: '-1', $orderby: 'id' }, '$skip'],
    [{ $count: 'yes' }, '$count'],
    [{ $search: 'x' }, '$search'],
    [{ $filter: ['id eq 1', 'id eq 2'] }, '$filter'],
  ])('refuses %j', (parameters, message) => {
    expect(() => parseCollectionQuery(parameters, shape, model)).toThrow(message);
  });

  it('takes few options for one record', () => {
    expect(
      parseRecordQuery({ $select: 'id', $expand: 'contacts' }, shape, model).describesLinks,
    ).toBeUndefined();
    expect(() => parseRecordQuery({ $top: '1' }, shape, model)).toThrow('$top');
  });
});

describe('$metadata', () => {
  it('describes the properties, with or without the links', () => {
    expect(describeShape(shape, true)).toContainEqual({
      name: 'contacts',
      type: 'array',
      sort_order: null,
      sort_ascending: null,
    });
    expect(describeShape(shape, true)).toContainEqual({
      name: 'id',
      type: 'int64',
      sort_order: 1,
      sort_ascending: true,
    });
    expect(describeShape(shape, false).map(({ name }) => name)).toEqual([
      ...['id', 'name', 'balance', 'on_hold', 'status', 'opened', 'code_1', 'code_2'],
    ]);
  });
});

describe('decimals', () => {
  it('keep their scale and every digit', () => {
    const body = [
      markDecimal(1250.5, 2),
      markDecimal(0, 2),
      markDecimal(-3, 5),
      markDecimal('12345678901234567.89', 2),
      '7',
    ];
    expect(writeJson(body)).toBe('[1250.50,0.0,-3.00000,12345678901234567.89,"7"]');
  });
});

describe('models', () => {
  it('refuse definitions that they cannot read', () => {
    expect(() => defineModel({ a: 'id:int128' })).toThrow('id:int128');
    expect(() => shapeOf(model, 'nothing')).toThrow('nothing');
  });
});
