import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, hashOfPrompt } from '../../src/prompts/hash';
import {
  checkLabel,
  findVersion,
  nextVersion,
  noVersions,
  readVersions,
  settled,
  withLabel,
  withVersion,
  type VersionsData,
} from '../../src/prompts/versions';
import { formatVersions, readVersionsText } from '../../src/prompts/versionsText';

const second = 1_000_000;

/** Data with these contents saved one after the other, from a second on. */
function saved(contents: readonly string[], from = noVersions, at = 1000): VersionsData {
  return contents.reduce((data, content, index) => {
    const time = (at + index) * second;
    return withVersion(data, nextVersion(readVersions(data), { content, time }));
  }, from);
}

const overview = (data: VersionsData) =>
  readVersions(data).versions.map(({ number, content }) => `${number} ${content}`);

describe('the hash', () => {
  const base = { content: '---\nmodel: a\n---\nHi\n' };
  test.each([
    ['line ends', { content: '---\r\nmodel: a\r\n---\r\nHi\r\n' }],
    ['a byte order mark', { content: '\uFEFF---\nmodel: a\n---\nHi\n' }],
    ['no line break at the end', { content: '---\nmodel: a\n---\nHi' }],
  ])('does not see %s', (_name, content) => {
    expect(hashOfPrompt(content)).toBe(hashOfPrompt(base));
  });
  test.each([
    ['the text', { content: '---\nmodel: a\n---\nHo\n' }],
    ['the model', { content: '---\nmodel: b\n---\nHi\n' }],
    ['spaces inside', { content: '---\nmodel: a\n---\n Hi\n' }],
    ['turns', { ...base, turns: [] }],
  ])('sees %s', (_name, content) => {
    expect(hashOfPrompt(content)).not.toBe(hashOfPrompt(base));
  });
  test('sees what turns hold, not where they lie nor the order of keys', () => {
    const named = (file: string) => `---\nglassbox.messages: ${file}\n---\nHi`;
    const one = hashOfPrompt({ content: named('a.messages.json'), turns: [{ a: 1, b: 2 }] });
    const two = hashOfPrompt({ content: named('b.messages.json'), turns: [{ b: 2, a: 1 }] });
    const other = hashOfPrompt({ content: named('a.messages.json'), turns: [{ a: 1, b: 3 }] });
    expect(two).toBe(one);
    expect(other).not.toBe(one);
  });
  test('canonical JSON is JSON of the same value, the same for any order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value as never);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text) as never)).toBe(text);
      }),
    );
  });
});

test('versions are numbered from 1 on and the highest is the latest', () => {
  const data = saved(['a', 'b', 'c']);
  expect(overview(data)).toEqual(['1 a', '2 b', '3 c']);
  expect(readVersions(data).latest?.content).toBe('c');
  expect(readVersions(data).problems).toEqual([]);
});

test('what a version says is there for programs that read the file', () => {
  const content = '{{role "system"}}\nYou help {{shop}}.\n{{role "user"}}\n{{question}}\n';
  const data = JSON.parse(formatVersions(saved([content]))) as { versions: unknown[] };
  expect(data.versions[0]).toEqual({
    number: 1,
    hash: hashOfPrompt({ content }),
    time: '1970-01-01T00:16:40.000Z',
    content,
    messages: [
      { role: 'system', text: 'You help {{shop}}.' },
      { role: 'user', text: '{{question}}' },
    ],
  });
});

describe('after a merge', () => {
  const base = saved(['a', 'b', 'c']);
  const ours = saved(['d', 'e'], base, 2000);
  const theirs = saved(['x'], base, 2001);
  const both: VersionsData = {
    ...base,
    versions: [...ours.versions, ...theirs.versions.slice(3)],
  };

  test('the later of two versions 4 gets the next free number, which is told', () => {
    expect(overview(both)).toEqual(['1 a', '2 b', '3 c', '4 d', '5 e', '6 x']);
    const hash = hashOfPrompt({ content: 'x' }).slice(0, 8);
    expect(readVersions(both).problems).toEqual([`A second version 4 (${hash}) is now version 6.`]);
  });

  test('what was read is what is written, once and for all', () => {
    expect(readVersions(settled(both))).toEqual({ ...readVersions(both), problems: [] });
    expect(settled(settled(both))).toEqual(settled(both));
  });

  test('the same content saved on both sides is one version with both notes', () => {
    const version = (note: string, at: number) =>
      nextVersion(readVersions(base), { content: 'd', time: at * second, note });
    const data = withVersion(withVersion(base, version('later', 9)), version('earlier', 8));
    expect(readVersions(data).versions.at(-1)).toMatchObject({ number: 4, note: 'earlier; later' });
    expect(overview(data)).toHaveLength(4);
  });

  test('order makes no difference and nothing is lost', () => {
    const contents = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(contents, contents, fc.nat(), (left, right, swap) => {
        const one = saved(left, base, 3000).versions;
        const two = saved(right, base, 3000 + (swap % 3)).versions;
        const forward = { ...base, versions: [...one, ...two] };
        const backward = { ...base, versions: [...two, ...one].reverse() };
        expect(overview(forward)).toEqual(overview(backward));
        const numbers = readVersions(forward).versions.map(({ number }) => number);
        expect(new Set(numbers).size).toBe(numbers.length);
        const hashes = new Set(
          ['a', 'b', 'c', ...left, ...right].map((content) => hashOfPrompt({ content })),
        );
        expect(new Set(readVersions(forward).versions.map(({ hash }) => hash))).toEqual(hashes);
      }),
    );
  });
});

test('strange entries are reported and stay in the file', () => {
  const strange = [{ hash: 5 }, 'x', null];
  const data = {
    ...saved(['a']),
    versions: [...saved(['a']).versions, ...strange],
    labels: { p: 'gone' },
  };
  expect(readVersions(data).problems).toEqual([
    ...[1, 2, 3].map((index) => `versions[${index}] has no hash, content and time.`),
    "The label 'p' is on a version that is not there.",
  ]);
  expect(settled(data)).toMatchObject({
    versions: [{ number: 1 }, ...strange],
    labels: { p: 'gone' },
  });
});

test('fields of a later release stay in the file', () => {
  const [entry] = saved(['a']).versions;
  const data = { ...saved([]), extra: [1], versions: [{ ...(entry as object), signature: 's' }] };
  expect(settled(data as never)).toMatchObject({ extra: [1], versions: [{ signature: 's' }] });
});

test('a version edited by hand is told, and kept beside the true one', () => {
  const [entry] = saved(['a']).versions as [object];
  const data = { ...noVersions, versions: [entry, { ...entry, content: 'b' }] } as VersionsData;
  expect(readVersions(data).problems[0]).toMatch(/^Version 1 was edited/);
  expect(overview(data)).toEqual(['1 a', '2 b']);
  expect(overview(settled(data))).toEqual(['1 a', '2 b']);
});

describe('finding a version', () => {
  const content = hashOfPrompt({ content: 'b' });
  const versions = readVersions(withLabel(saved(['a', 'b', 'c']), 'production', content));
  test.each([
    ['2', 'b'],
    ['latest', 'c'],
    ['production', 'b'],
    [content, 'b'],
    [content.slice(0, 7), 'b'],
  ])('%s', (selector, expected) => {
    expect(findVersion('p', versions, selector).content).toBe(expected);
  });
  test.each([
    ['4', "the prompt 'p' has no version or label '4'; it has production, latest, 1 to 3."],
    ['staging', /no version or label 'staging'/],
    [content.slice(0, 6), /no version or label/],
  ])('not %s', (selector, message) => {
    expect(() => findVersion('p', versions, selector)).toThrow(message);
  });
  test('nothing among none', () => {
    expect(() => findVersion('p', readVersions(noVersions), 'latest')).toThrow(/no versions yet/);
  });
});

test.each(['production', 'v1.2', 'próba', 'a-b_c', '__proto__'])('%s can be a label', (label) => {
  expect(() => checkLabel(label)).not.toThrow();
  const data = withLabel(saved(['a']), label, hashOfPrompt({ content: 'a' }));
  const { labels } = readVersions(readVersionsText(formatVersions(data)).data);
  expect([...labels.keys()]).toEqual([label]);
});

test.each(['latest', '12', '', 'a b', 'a/b', '-x', 'a@b', 'x'.repeat(65)])(
  '%j cannot be a label',
  (label) => expect(() => checkLabel(label)).toThrow(),
);

describe('the text of a file', () => {
  test.each([
    ['half a file', '{"version": 1,\n "labels": {', /^The file is not JSON: /, 2],
    ['a comma too many', '{"version": 1,\n "versions": [1,]}', /^The file is not JSON: /, 2],
    ['a list', '[]', /not a JSON object/, 1],
    ['a later release', '{"version": 2}', /later release/, 1],
    ['labels that are none', '{"labels": 5}', /'labels' is not a map/, 1],
    ['versions that are none', '{"versions": {}}', /'versions' is not a list/, 1],
  ])('%s is told with its place', (...[, text, message, line]) => {
    const { broken, problems } = readVersionsText(text);
    expect(broken).toBe(true);
    expect(problems[0]?.message).toMatch(message);
    expect(text.slice(0, problems[0]?.start).split('\n')).toHaveLength(line);
  });

  const base = saved(['a']);
  const conflict = (ours: VersionsData, theirs: VersionsData) => {
    const [mine, other] = [ours, theirs].map((data) => formatVersions(data).split('\n'));
    const start = mine!.findIndex((line, index) => line !== other![index]);
    return [
      ...mine!.slice(0, start),
      ...[
        '<<<<<<< HEAD',
        ...mine!.slice(start, -1),
        '||||||| 123',
        '=======',
        ...other!.slice(start, -1),
      ],
      ...['>>>>>>> theirs', ''],
    ].join('\n');
  };

  test('conflicts of git are united', () => {
    const text = conflict(saved(['b'], base, 2000), saved(['x'], base, 2001));
    const { data, broken, problems, disputed } = readVersionsText(text);
    expect({ broken, disputed }).toEqual({ broken: false, disputed: [] });
    expect(overview(data)).toEqual(['1 a', '2 b', '3 x']);
    expect(problems.map(({ message }) => message)).toEqual([
      'The file has merge conflicts; both sides are read together, and saving settles it.',
    ]);
  });

  test('a label that two branches moved is told', () => {
    const [ours, theirs] = [saved(['b'], base, 2000), saved(['x'], base, 2001)].map((data) =>
      withLabel(data, 'production', readVersions(data).latest!.hash),
    );
    const { disputed, problems } = readVersionsText(conflict(ours!, theirs!));
    expect(disputed).toEqual(['production']);
    expect(problems.at(-1)?.message).toBe(
      "Two branches moved the label 'production': to version 2 and to version 3. Move it again.",
    );
  });

  test('a conflict that cannot be read is broken', () => {
    const text = '{\n<<<<<<< HEAD\n"a": 1\n=======\n"b"\n>>>>>>> x\n}';
    const { broken, problems } = readVersionsText(text);
    expect(broken).toBe(true);
    expect(problems[0]?.message).toMatch(/merge conflicts from line 2 on/);
  });
});
