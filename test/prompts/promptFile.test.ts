import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePrompt } from '../../src/prompts/promptFile';
import { describeProblem } from '../../src/prompts/problem';
import { valueOfText } from '../../src/prompts/variables';

const orders = `---
model: openai/gpt-5-mini
description: Answers questions about orders.
config:
  temperature: 0.2
input:
  schema:
    shop: string, the name of the shop
    items(array, what was bought): string
    note?: string
  default:
    shop: Pine & Parcel
tools:
  - lookup_order
toolDefs:
  - name: track_parcel
    description: Where a parcel is.
    inputSchema: { type: object, properties: { number: { type: string } } }
output:
  format: json
  schema: { answer: string }
glassbox.messages: orders.messages.json
---
{{role "system"}}
You speak for {{shop}}.
{{#if note}}Note: {{note}}{{/if}}
{{role "user"}}
{{#each items}}- {{this}} ({{@index}}) of {{../shop}}, {{@root.shop}}
{{/each}}
`;

test('reads every field of a prompt file', () => {
  const file = parsePrompt(orders);
  expect(file.problems).toEqual([]);
  expect(file).toMatchObject({
    model: 'openai/gpt-5-mini',
    description: 'Answers questions about orders.',
    config: { temperature: 0.2 },
    outputFormat: 'json',
    outputSchema: { answer: 'string' },
    turnsFile: 'orders.messages.json',
  });
  expect(file.tools).toEqual([
    {
      name: 'track_parcel',
      description: 'Where a parcel is.',
      parameters: { type: 'object', properties: { number: { type: 'string' } } },
    },
    { name: 'lookup_order' },
  ]);
  const variables = file.variables.map(({ start: _start, end: _end, ...rest }) => rest);
  expect(variables).toEqual([
    {
      name: 'shop',
      type: 'string',
      description: 'the name of the shop',
      optional: true,
      default: 'Pine & Parcel',
    },
    { name: 'items', type: 'array', description: 'what was bought', optional: false },
    { name: 'note', type: 'string', optional: true },
  ]);
  expect(file.messages?.map(({ role }) => role)).toEqual(['system', 'user']);
  expect(file.messages?.[0]?.text).toBe(
    'You speak for {{shop}}.\n{{#if note}}Note: {{note}}{{/if}}',
  );
});

test('variables and places are those of the file', () => {
  for (const { name, start, end } of parsePrompt(orders).uses) {
    expect(orders.slice(start, end)).toContain(name);
  }
  for (const { name, start, end } of parsePrompt(orders).variables) {
    expect(orders.slice(start, end)).toContain(name);
  }
});

/** What is wrong with a file, each problem as `line:column message`. */
function problemsOf(text: string): string[] {
  return parsePrompt(text).problems.map((problem) =>
    describeProblem('', text, problem).slice(1).replace(': ', ' '),
  );
}

const declares = (name: string, template: string) =>
  `---\ninput:\n  schema:\n    ${name}: string\n---\n${template}`;

describe('problems', () => {
  const cases: readonly (readonly [string, string, readonly (string | RegExp)[]])[] = [
    ['a plain text', 'Hello', []],
    ['an empty file', '', []],
    ['a literal brace', 'Say \\{{name}}', []],
    ['declared and used', declares('name', 'Hello {{name}}'), []],
    [
      'undeclared',
      'Hello {{name}}',
      ["1:9 The variable 'name' is not declared: add it to input.schema in the front matter."],
    ],
    [
      'a typing mistake',
      declares('question', '{{question}} {{questoin}}'),
      ["6:16 The variable 'questoin' is not declared. Is it 'question'?"],
    ],
    [
      'unused',
      declares('name', 'Hello'),
      ["4:5 The variable 'name' is declared but not used in the template."],
    ],
    ['used under lookup', declares('name', '{{lookup name 0}}'), []],
    ['used by a sub-expression', declares('name', '{{#if (lookup name 0)}}x{{/if}}'), []],
    ['used by a hash', declares('name', '{{media url=name}}'), []],
    ['used in an else', declares('a', '{{#if a}}{{else}}{{a.b}}{{/if}}'), []],
    ['fields of an item are not variables', declares('a', '{{#each a}}{{b}}{{/each}}'), []],
    ['with is a scope', declares('a', '{{#with a}}{{b}}{{../a}}{{/with}}'), []],
    ['a block over a variable is a scope', declares('a', '{{#a}}{{b}}{{/a}}'), []],
    ['block parameters are not variables', declares('a', '{{#each a as |b|}}{{b}}{{/each}}'), []],
    [
      'the else of each is outside',
      declares('a', '{{#each a}}{{else}}{{b}}{{/each}}'),
      [/^6:22 The variable 'b' is not declared/],
    ],
    ['a role', '{{role "model"}}Yes.', []],
    [
      'an unknown role',
      '{{role "developer"}}Hi',
      ["1:1 There is no role 'developer': write system, user, model or tool."],
    ],
    [
      'a role without quotes',
      '{{role system}}Hi',
      [/^1:1 {{role}} takes the name of a role in quotes/, /^1:8 The variable 'system'/],
    ],
    ['an unknown helper', '{{upper "x"}}', ["1:3 There is no helper 'upper'."]],
    ['an unknown block helper', '{{#loop 3}}x{{/loop}}', ["1:4 There is no helper 'loop'."]],
    ['an own property of maps is no helper', '{{constructor "x"}}', [/no helper 'constructor'/]],
    ['a partial', '{{> header}}', [/^1:1 Partials/]],
    ['an open block', 'a\n{{#if b}}c', [/^2:1 The template cannot be read: a block or a {{/]],
    [
      'crossed blocks',
      'a\n{{#if b}}{{/each}}',
      [/^2:4 The template cannot be read: if doesn't match/],
    ],
    ['an open mustache', declares('a', '{{a}}\n{{a'), [/^7:1 The template cannot be read/]],
    ['bad YAML', '---\nmodel: [1\n---\nHi', [/^\d:\d+ The front matter is not YAML/]],
    [
      'a repeated key',
      '---\nmodel: a\nmodel: b\n---\nHi',
      [/^3:1 The front matter is not YAML: Map keys/],
    ],
    ['an open front matter', '---\nmodel: a\nHi', [/^1:1 The front matter does not end/]],
    ['front matter that is a list', '---\n- a\n---\nHi', [/^2:1 The front matter is not a map/]],
    ['a number for a model', '---\nmodel: 5\n---\nHi', ["2:1 'model' must be a text."]],
    ['a text for config', '---\nconfig: warm\n---\nHi', [/^2:1 'config' must be a map/]],
    ['a text for tools', '---\ntools: a\n---\nHi', ["2:1 'tools' must be a list."]],
    ['a nameless tool', '---\ntools: [{}]\n---\nHi', ["2:1 'tools' holds a tool without a name."]],
    ['a list for input', '---\ninput: []\n---\nHi', [/^2:1 'input' must be a map/]],
    [
      'a text for the schema',
      '---\ninput:\n  schema: x\n---\nHi',
      [/^3:3 'input.schema' must be a/],
    ],
    [
      'a mistyped key',
      '---\nmodle: a\n---\nHi',
      ["2:1 dotprompt knows no 'modle'. Is it 'model'?"],
    ],
    ['a key of an extension', '---\nacme.owner: me\n---\nHi', []],
    ['Windows line ends', '---\r\nmodel: a\r\n---\r\nHi {{x}}', [/^4:6 The variable 'x'/]],
  ];
  test.each(cases)('%s', (_name, text, expected) => {
    const found = problemsOf(text);
    expect(found).toHaveLength(expected.length);
    expected.forEach((one, index) => {
      if (typeof one === 'string') expect(found[index]).toBe(one);
      else expect(found[index]).toMatch(one);
    });
  });
});

test('a YAML bomb is a problem, not a hang', () => {
  const anchors = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'].map((pair) => [...pair])) {
    anchors.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(',')}]`);
  }
  const found = problemsOf(`---\n${anchors.join('\n')}\n---\nHi`);
  expect(found[0]).toMatch(/cannot be read: Excessive alias count/);
});

test('keys named like the prototype are only keys', () => {
  const file = parsePrompt('---\n__proto__: { polluted: true }\nconfig: { __proto__: 1 }\n---\nHi');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(file.problems.every(({ severity }) => severity === 'warning')).toBe(true);
});

test('reading never throws, and its places lie in the text', () => {
  const pieces = fc.constantFrom(
    ...[
      '---\n',
      '{{',
      '}}',
      '{{#if x}}',
      '{{/if}}',
      '{{role "user"}}',
      'a: ',
      '[',
      '\r\n',
      '&a',
      '*a',
    ],
    ...[
      '{{#each',
      ' as |b|',
      '"',
      "'",
      '\\',
      '{{!--',
      '--}}',
      '{{{',
      '~',
      '>',
      'input:',
      '\uFEFF',
      '(',
      ')',
    ],
  );
  const text = fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 }))).map((all) => all.join(''));
  fc.assert(
    fc.property(text, (source) => {
      const { problems, uses, variables } = parsePrompt(source);
      for (const { start, end } of [...problems, ...uses, ...variables]) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(source.length + 1);
      }
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['number', '3', 3],
  ['integer', 'three', 'three'],
  ['boolean', 'true', true],
  ['array', '["a"]', ['a']],
  ['string', '3', '3'],
  [undefined, '3', '3'],
])('a variable of type %s typed as %s', (type, text, value) => {
  const variable = { name: 'x', type, optional: false, start: 0, end: 0 };
  expect(valueOfText(variable, text)).toEqual(value);
});
