import fc from 'fast-check';
import { expect, test } from 'vitest';
import { observationFields, traceFields, type Filter } from '../../src/model/filter';
import { parseFilter } from '../../src/model/filterParse';
import { printFilter } from '../../src/model/filterPrint';
import { observationKinds, observationStatuses } from '../../src/model/observation';

type Field = Extract<Filter, { type: 'field' }>;

function field(
  name: Field['field'],
  value: string | number,
  { comparison = ':', key }: { comparison?: Field['comparison']; key?: string } = {},
): Filter {
  return {
    type: 'field',
    field: name,
    ...(key !== undefined && { key }),
    comparison,
    value,
    position: 0,
  };
}
const text = (words: string): Filter => ({ type: 'text', text: words, position: 0 });
const and = (...operands: Filter[]): Filter => ({ type: 'and', operands });
const or = (...operands: Filter[]): Filter => ({ type: 'or', operands });
const not = (operand: Filter): Filter => ({ type: 'not', operand });
const span = (operand: Filter): Filter => ({ type: 'span', operand, position: 0 });

const read: readonly (readonly [string, Filter | undefined])[] = [
  ['', undefined],
  [' \t ', undefined],
  ['kind:tool', field('kind', 'tool')],
  ['kind:Tool', field('kind', 'tool')],
  ['kind:gen*', field('kind', 'gen*')],
  ['name:search*', field('name', 'search*')],
  ['name="search web"', field('name', 'search web', { comparison: '=' })],
  ['model:gpt-5', field('model', 'gpt-5')],
  ['name:or', field('name', 'or')],
  ['status:error', field('status', 'error')],
  ['cost>0.01', field('cost', 0.01, { comparison: '>' })],
  ['cost>=$.5', field('cost', 0.5, { comparison: '>=' })],
  ['cost:0', field('cost', 0)],
  ['latency>2s', field('latency', 2_000_000, { comparison: '>' })],
  ['latency<=300ms', field('latency', 300_000, { comparison: '<=' })],
  ['latency<1.5m', field('latency', 90_000_000, { comparison: '<' })],
  ['tokens>4000', field('tokens', 4000, { comparison: '>' })],
  [
    'tag:prod user:alice session:s1',
    and(field('tag', 'prod'), field('user', 'alice'), field('session', 's1')),
  ],
  ['score.helpful<0.5', field('score', 0.5, { comparison: '<', key: 'helpful' })],
  ['score<-1', field('score', -1, { comparison: '<' })],
  ['score.tone:polite', field('score', 'polite', { key: 'tone' })],
  ['since:2h', field('since', 7_200_000_000)],
  ['since:7d', field('since', 604_800_000_000)],
  ['starred:true', field('starred', 'true')],
  ['service:checkout', field('service', 'checkout')],
  ['errors>0', field('errors', 0, { comparison: '>' })],
  ['attr.http.status_code=429', field('attr', '429', { comparison: '=', key: 'http.status_code' })],
  ['attr.http.status_code>=500', field('attr', 500, { comparison: '>=', key: 'http.status_code' })],
  ['attr."a:b c"=x', field('attr', 'x', { comparison: '=', key: 'a:b c' })],
  ['metadata.tier:gold', field('metadata', 'gold', { key: 'tier' })],
  ['metadata.url:http://x/y?a=b', field('metadata', 'http://x/y?a=b', { key: 'url' })],
  ['"free text"', text('free text')],
  ['"say \\"hi\\" \\\\ \\n"', text('say "hi" \\ \\n')],
  ['refund', text('refund')],
  ['orders android', and(text('orders'), text('android'))],
  ['follow-up', text('follow-up')],
  ['-agent:triage', not(field('agent', 'triage'))],
  ['--agent:triage', not(not(field('agent', 'triage')))],
  ['-(a b)', not(and(text('a'), text('b')))],
  ['a or b', or(text('a'), text('b'))],
  ['a OR b c', or(text('a'), and(text('b'), text('c')))],
  ['a and b', and(text('a'), text('b'))],
  ['(a OR b) c', and(or(text('a'), text('b')), text('c'))],
  ['((a))', text('a')],
  ['(a b) c', and(text('a'), text('b'), text('c'))],
  ['(a)or(b)', or(text('a'), text('b'))],
  [
    'span(kind:tool latency>2s)',
    span(and(field('kind', 'tool'), field('latency', 2_000_000, { comparison: '>' }))),
  ],
  ['-span( name:a or name:b )', not(span(or(field('name', 'a'), field('name', 'b'))))],
  ['name:""', field('name', '')],
];

test.each(read)('reads %s', (source, filter) => {
  const parsed = parseFilter(source);
  expect(
    'problem' in parsed ? parsed : { filter: parsed.filter && unplaced(parsed.filter) },
  ).toEqual({
    filter,
  });
});

test('a term knows where it stands', () => {
  expect(parseFilter('a  -(attr.k=v "b")')).toMatchObject({
    filter: {
      operands: [{ position: 0 }, { operand: { operands: [{ position: 5 }, { position: 14 }] } }],
    },
  });
});

const refused: readonly (readonly [string, number, RegExp])[] = [
  ['knid:tool', 0, /no field 'knid'. Did you mean 'kind'/],
  ['a modle:x', 2, /Did you mean 'model'/],
  ['duration>2s', 0, /Did you mean 'latency'/],
  ['localhost:4318', 0, /no field 'localhost'.*quotes/],
  ['http.status_code=429', 0, /attr\.http\.status_code/],
  ['kind:toool', 5, /no kind 'toool'. Did you mean 'tool'/],
  ['kind:llm', 5, /one of agent, generation/],
  ['kind:x*', 5, /no kind 'x\*'/],
  ['status:failed', 7, /one of running, ok, error, interrupted/],
  ['starred:maybe', 8, /one of true, false/],
  ['cost>much', 5, /needs dollars/],
  ['cost>1e999', 5, /needs dollars/],
  ['latency>2', 8, /with its unit/],
  ['latency>2 s', 8, /with its unit/],
  ['since:yesterday', 6, /with its unit/],
  ['since>2h', 6, /write since:value/],
  ['name>a', 5, /not a number/],
  ['attr.k>abc', 7, /'>' needs a number/],
  ['score.x<high', 8, /'<' needs a number/],
  ['tokens:many', 7, /needs a number/],
  ['attr=1', 0, /needs a key/],
  ['metadata:1', 0, /needs a key/],
  ['name.first:x', 0, /no part behind a dot/],
  ['name:', 5, /value is missing/],
  ['name: x', 5, /value is missing/],
  ['(a', 0, /not closed/],
  ['a span(b', 6, /not closed/],
  ['a)', 1, /no '\('/],
  ['()', 1, /condition is missing/],
  ['span()', 5, /condition is missing/],
  ['a or', 4, /condition is missing/],
  ['or a', 0, /'or' needs a condition on both sides/],
  ['a or or b', 5, /both sides/],
  ['a and', 5, /condition is missing/],
  ['a -', 3, /must touch/],
  ['- a', 1, /must touch/],
  ['"open', 0, /quote is not closed/],
  ['name:"open', 5, /quote is not closed/],
  ['name:f(x)', 6, /space before this/],
  ['a"b"', 1, /space before this/],
  ['span(starred:true)', 5, /write it outside/],
  ['('.repeat(1000), 65, /nested too deeply/],
  ['-'.repeat(1000) + 'a', 65, /nested too deeply/],
];

test.each(refused)('refuses %s', (source, position, problem) => {
  expect(parseFilter(source)).toEqual({
    problem: expect.stringMatching(problem) as string,
    position,
  });
});

test('every field of the tree can be written', () => {
  const examples: Record<string, string> = {
    status: 'ok',
    kind: 'tool',
    latency: '2s',
    since: '2h',
    cost: '1',
    tokens: '1',
    errors: '1',
    starred: 'true',
  };
  const unread = [...traceFields, ...observationFields].filter((name) => {
    const key = name === 'attr' || name === 'metadata' ? '.k' : '';
    return 'problem' in parseFilter(`${name}${key}:${examples[name] ?? 'x'}`);
  });
  expect(unread).toEqual([]);
});

test('no text is too odd to read', () => {
  const pieces = fc.constantFrom(
    'kind',
    ':',
    'tool',
    '"',
    '\\',
    '(',
    ')',
    'span(',
    '-',
    ' ',
    'or',
    'and',
    'attr.',
    '.',
    '<=',
    '>',
    '=',
    '2s',
    '$',
    '*',
    '\n',
    '0',
    'é',
  );
  const source = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(source, (words) => {
      const parsed = parseFilter(words);
      if (!('problem' in parsed)) return;
      expect(parsed.position).toBeGreaterThanOrEqual(0);
      expect(parsed.position).toBeLessThanOrEqual(words.length);
      expect(parsed.problem).toMatch(/[.?]$/);
    }),
    { numRuns: 2000 },
  );
});

test('a long text is read in time that grows with its length', () => {
  const words = 'attr."' + '\\'.repeat(200_000);
  expect(parseFilter(words)).toMatchObject({ position: 5 });
});

test('what is printed reads back as the same tree', () => {
  fc.assert(
    fc.property(trees(), (filter) => {
      const printed = printFilter(filter);
      const parsed = parseFilter(printed);
      if ('problem' in parsed) throw new Error(`${printed}: ${parsed.problem}`);
      expect(parsed.filter && unplaced(parsed.filter), printed).toEqual(filter);
    }),
    { numRuns: 2000 },
  );
});

test.each(read.filter(([source]) => source.trim()))('prints %s briefly', (source, filter) => {
  const printed = filter === undefined ? '' : printFilter(filter);
  expect(parsedTree(printed)).toEqual(filter);
  expect(printed.length).toBeLessThanOrEqual(source.length + 8);
});

function parsedTree(source: string): Filter | undefined {
  const parsed = parseFilter(source);
  return 'filter' in parsed && parsed.filter ? unplaced(parsed.filter) : undefined;
}

/** The tree with every position at 0. */
function unplaced(filter: Filter): Filter {
  switch (filter.type) {
    case 'and':
    case 'or':
      return { ...filter, operands: filter.operands.map(unplaced) };
    case 'not':
      return { ...filter, operand: unplaced(filter.operand) };
    case 'span':
      return { ...filter, operand: unplaced(filter.operand), position: 0 };
    case 'text':
    case 'field':
      return { ...filter, position: 0 };
  }
}

/** Trees as the parser makes them: no and inside an and, no or inside an or. */
function trees(): fc.Arbitrary<Filter> {
  const comparison = fc.constantFrom<Field['comparison']>(':', '=', '<', '<=', '>', '>=');
  const equality = fc.constantFrom<Field['comparison']>(':', '=');
  const words = fc.oneof(fc.string(), fc.constantFrom('or', 'a*', '-x', '(', '\\"', 'span('));
  const key = fc
    .oneof(fc.string(), fc.constantFrom('http.status_code', 'a b', '"', '='))
    .filter((k) => k !== '');
  const amount = fc.double({ noNaN: true, noDefaultInfinity: true });
  const positive = fc.nat(10 ** 9);
  const microseconds = fc.integer({ min: 0, max: 1e15 });
  const leaf = fc.oneof(
    words.map(text),
    fc
      .record({
        name: fc.constantFrom(
          'name',
          'model',
          'agent',
          'tool',
          'user',
          'session',
          'tag',
          'service',
        ),
        words,
        equality,
      })
      .map((part) => field(part.name as Field['field'], part.words, { comparison: part.equality })),
    fc.constantFrom(...observationKinds).map((kind) => field('kind', kind)),
    fc.constantFrom(...observationStatuses).map((status) => field('status', status)),
    fc.record({ amount, comparison }).map((part) => field('cost', tidy(part.amount), part)),
    fc.record({ positive, comparison }).map((part) => field('tokens', part.positive, part)),
    fc
      .record({ microseconds, comparison })
      .map((part) => field('latency', part.microseconds, part)),
    microseconds.map((ago) => field('since', ago)),
    fc.record({ words, key, comparison: equality }).map((part) => field('attr', part.words, part)),
    fc.record({ amount, key, comparison }).map((part) => field('score', tidy(part.amount), part)),
  );
  return fc.letrec<{ tree: Filter; operand: Filter }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((all) => joined('and', all)),
      fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((all) => joined('or', all)),
      tie('tree').map(not),
      tie('tree').map(span),
    ),
    operand: leaf,
  })).tree;
}

function joined(type: 'and' | 'or', operands: readonly Filter[]): Filter {
  return {
    type,
    operands: operands.flatMap((operand) => (operand.type === type ? operand.operands : [operand])),
  };
}

/** Minus zero reads back as minus zero, which is the same amount. */
function tidy(amount: number): number {
  return amount === 0 ? 0 : amount;
}
