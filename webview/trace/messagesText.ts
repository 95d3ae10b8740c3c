import type { Message, Part } from '../../src/model/observation';

/** A conversation as one markdown text, for the clipboard and for an editor tab. */
export function messagesText(messages: readonly Message[]): string {
  return messages
    .map(({ role, name, parts }) =>
      [`## ${role}${name ? ` (${name})` : ''}`, ...parts.map(partText)].join('\n\n'),
    )
    .join('\n\n');
}

export function partText(part: Part): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'reasoning':
      return `> Reasoning: ${(part.text ?? '(hidden by the provider)').replaceAll('\n', '\n> ')}`;
    case 'toolCall':
      return `Calls \`${part.name}\`:\n\n${fenced(part.arguments)}`;
    case 'toolResult':
      return `${part.isError ? 'Error' : 'Result'}${part.name ? ` of \`${part.name}\`` : ''}:\n\n${fenced(part.result)}`;
    case 'media':
      return `[${part.mime}${part.url ? `: ${part.url}` : ''}]`;
    case 'raw':
      return fenced(part.value);
  }
}

function fenced(value: unknown): string {
  if (typeof value === 'string') return `\`\`\`\n${value}\n\`\`\``;
  return `\`\`\`json\n${JSON.stringify(value, undefined, 2)}\n\`\`\``;
}
