import { describe, expect, test } from 'vitest';
import type { Message, Part } from '../../src/model/observation';
import { joinMessages, sizeOfBlock, type Turn } from '../../webview/trace/joinMessages';
import { messagesText } from '../../webview/trace/messagesText';

const say = (role: Message['role'], ...parts: Part[]): Message => ({ role, parts });
const text = (content: string): Part => ({ type: 'text', text: content });
const call = (id: string, name = 'search'): Part => ({
  type: 'toolCall',
  id,
  name,
  arguments: { q: id },
});
const result = (id: string, value: string): Part => ({ type: 'toolResult', id, result: value });

/** `role: block, block` for each turn, a call with its result behind an arrow. */
function shapeOf(turns: readonly Turn[]): readonly string[] {
  return turns.map(({ role, answer, blocks }) => {
    const shapes = blocks.map((block) => {
      if (block.type === 'call')
        return `${block.call.id}->${block.result ? JSON.stringify(block.result.result) : '?'}`;
      return block.part.type === 'text' ? block.part.text : block.part.type;
    });
    return `${answer ? '*' : ''}${role}: ${shapes.join(', ')}`;
  });
}

describe('joining calls with their results', () => {
  test.each<[string, readonly Message[], readonly Message[], readonly string[]]>([
    [
      'a result stands with its call, and its message goes',
      [say('user', text('hi')), say('assistant', call('1')), say('tool', result('1', 'found'))],
      [say('assistant', text('done'))],
      ['user: hi', 'assistant: 1->"found"', '*assistant: done'],
    ],
    [
      'parallel calls, results in another order',
      [
        say('assistant', call('1'), call('2')),
        say('tool', result('2', 'b')),
        say('tool', result('1', 'a')),
      ],
      [],
      ['assistant: 1->"a", 2->"b"'],
    ],
    [
      'a result beside other words stays where the words are',
      [say('assistant', call('1')), say('user', result('1', 'a'), text('and now?'))],
      [],
      ['assistant: 1->"a"', 'user: and now?'],
    ],
    [
      'a call of the answer has no result yet',
      [],
      [say('assistant', call('9'))],
      ['*assistant: 9->?'],
    ],
    ['a result without a call is kept', [say('tool', result('7', 'x'))], [], ['tool: toolResult']],
    [
      'the same id twice pairs in order',
      [
        say('assistant', call('1')),
        say('tool', result('1', 'a')),
        say('assistant', call('1')),
        say('tool', result('1', 'b')),
      ],
      [],
      ['assistant: 1->"a"', 'assistant: 1->"b"'],
    ],
    [
      'results without an id never pair',
      [say('assistant', call('')), say('tool', result('', 'a'))],
      [],
      ['assistant: ->?', 'tool: toolResult'],
    ],
    ['an empty message is kept', [say('assistant')], [], ['assistant: ']],
  ])('%s', (_, ...[input, output, expected]) => {
    expect(shapeOf(joinMessages(input, output))).toEqual(expected);
  });

  test('the size of a call is that of arguments and result', () => {
    const [turn] = joinMessages([say('assistant', call('1')), say('tool', result('1', 'abc'))], []);
    const [block] = turn?.blocks ?? [];
    expect(block && sizeOfBlock(block)).toBe('{"q":"1"}'.length + 3);
  });
});

test('a conversation as one text', () => {
  const messages = [
    say('user', text('hi')),
    { ...say('assistant', { type: 'reasoning', text: 'a\nb' }, call('1')), name: 'Orders' },
    say('tool', { type: 'toolResult', id: '1', name: 'search', result: [1], isError: true }),
    say('user', { type: 'media', mime: 'image/png', url: 'https://x' }, { type: 'raw', value: 1 }),
  ];
  expect(messagesText(messages)).toBe(
    [
      '## user\n\nhi',
      '## assistant (Orders)\n\n> Reasoning: a\n> b\n\nCalls `search`:\n\n```json\n{\n  "q": "1"\n}\n```',
      '## tool\n\nError of `search`:\n\n```json\n[\n  1\n]\n```',
      '## user\n\n[image/png: https://x]\n\n```json\n1\n```',
    ].join('\n\n'),
  );
});
