import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

/** The grammar as the editor runs it: each piece of a file and the scopes it gets. */

interface Contributes {
  readonly languages: readonly {
    id: string;
    extensions: readonly string[];
    configuration: string;
  }[];
  readonly grammars: readonly { language: string; scopeName: string; path: string }[];
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  contributes: Contributes;
};
const contributed = contributes.grammars.find(({ language }) => language === 'dotprompt');

let grammar: textmate.IGrammar;
beforeAll(async () => {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  const { buffer } = new Uint8Array(readFileSync(wasm));
  await oniguruma.loadWASM(buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => {
      if (scope === 'source.yaml') {
        // Stands for the YAML of the editor: all that matters here is where it begins and ends.
        const patterns = [{ name: 'yaml', match: '.+' }];
        return textmate.parseRawGrammar(
          JSON.stringify({ scopeName: scope, patterns, repository: {} }),
          'y.json',
        );
      }
      const file = resolve(contributed?.path ?? '');
      return textmate.parseRawGrammar(readFileSync(file, 'utf8'), file);
    },
  });
  const loaded = await registry.loadGrammar(contributed?.scopeName ?? '');
  if (!loaded) throw new Error('no grammar');
  grammar = loaded;
});

/** Every piece of a text that has a scope of its own, as `piece: innermost scope`. */
function pieces(text: string): string[] {
  let state = textmate.INITIAL;
  return text.split('\n').flatMap((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens.flatMap(({ startIndex, endIndex, scopes }) => {
      const piece = line.slice(startIndex, endIndex);
      const scope = scopes.at(-1)?.replace('.dotprompt', '') ?? '';
      const isPlain = scopes.length === 1 || scope.startsWith('meta.') || /^\s*$/.test(piece);
      return isPlain ? [] : [`${piece}: ${scope}`];
    });
  });
}

const open = '{{: punctuation.definition.tag.begin';
const close = '}}: punctuation.definition.tag.end';

describe('the grammar', () => {
  test.each<[string, readonly string[]]>([
    ['plain text, # not a heading, {one} brace', []],
    ['{{name}}', [open, 'name: variable.other', close]],
    [
      '{{{ order.id }}}',
      [
        '{{{: punctuation.definition.tag.begin',
        'order.id: variable.other',
        '}}}: punctuation.definition.tag.end',
      ],
    ],
    [
      '\\{{name}} {{a}}',
      ['\\{{name}}: constant.character.escape', open, 'a: variable.other', close],
    ],
    [
      '{{!-- {{a}} --}}b',
      ['{{!--: comment.block', ' {{a}} : comment.block', '--}}: comment.block'],
    ],
    [
      '{{role "system"}}',
      [open, 'role: keyword.control.role', '"system": entity.name.section.role', close],
    ],
    ['{{history}}', [open, 'history: keyword.control.role', close]],
    [
      '{{#each items as |item i|}}',
      [
        open,
        '#: punctuation.definition.block',
        'each: keyword.control',
        'items: variable.other',
        'as: keyword.control',
        'item i: variable.parameter',
        close,
      ],
    ],
    ['{{/each}}', [open, '/: punctuation.definition.block', 'each: keyword.control', close]],
    [
      '{{else if b}}',
      [open, 'else: keyword.control', 'if: keyword.control', 'b: variable.other', close],
    ],
    [
      '{{this}} {{@index}}',
      [open, 'this: variable.language', close, open, '@index: variable.language', close],
    ],
    [
      '{{json order indent=2}}',
      [
        open,
        'json: support.function.helper',
        'order: variable.other',
        'indent: entity.other.attribute-name',
        '2: constant.numeric',
        close,
      ],
    ],
    [
      '{{#if (lookup a "k}}")}}',
      [
        open,
        '#: punctuation.definition.block',
        'if: keyword.control',
        'lookup: support.function.helper',
        'a: variable.other',
        '"k}}": string.quoted.double',
        close,
      ],
    ],
    ['{{zażółć}}', [open, 'zażółć: variable.other', close]],
  ])('%s', (text, expected) => {
    const punctuation = (piece: string) => !/^[()=|]*:/.test(piece);
    expect(pieces(text).filter(punctuation)).toEqual(expected);
  });

  test('front matter is YAML, the rest is not', () => {
    expect(pieces('---\nmodel: a\n  x: "{{b}}"\n---\nHi\n---\n{{c}}')).toEqual([
      '---: punctuation.definition.frontmatter',
      'model: a: yaml',
      '  x: "{{b}}": yaml',
      '---: punctuation.definition.frontmatter',
      ...[open, 'c: variable.other', close],
    ]);
  });

  test('a line of dashes further down begins nothing', () => {
    expect(pieces('Hi\n---\nmodel: a\n---\n{{c}}')).toEqual([open, 'c: variable.other', close]);
  });
});

test('prompt files have the language, and its configuration is JSON', () => {
  const language = contributes.languages.find(({ id }) => id === 'dotprompt');
  expect(language?.extensions).toEqual(['.prompt']);
  const text = readFileSync(resolve(language?.configuration ?? ''), 'utf8');
  expect(JSON.parse(text)).toHaveProperty('autoClosingPairs');
});
