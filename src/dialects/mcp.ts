import type { Attributes, Span } from '../model/span';
import type { Content, Dialect, Facts } from './dialect';
import { jsonAt, textAt } from './reader';

/** The conventions for the Model Context Protocol; a call of a tool is a tool, the rest plain spans. */
export const mcp: Dialect = {
  name: 'mcp',
  ai: true,
  ownsKey: (key) => key.startsWith('mcp.'),
  ownsScope: (scope) => scope.endsWith('instrumentation.mcp'),
  facts,
  content,
};

function facts({ attributes }: Span): Facts {
  const method = textAt(attributes, 'mcp.method.name');
  const target = targetOf(attributes);
  const isCall = method === 'tools/call';
  return {
    kind: isCall ? 'tool' : method === undefined ? undefined : 'span',
    name: method === undefined ? undefined : target === undefined ? method : `${method} ${target}`,
    toolName: isCall ? target : undefined,
  };
}

function targetOf(attributes: Attributes): string | undefined {
  return textAt(attributes, 'gen_ai.tool.name', 'gen_ai.prompt.name', 'mcp.resource.uri');
}

function content({ attributes }: Span): Content {
  return {
    input: jsonAt(attributes, 'mcp.request.argument'),
    output: jsonAt(attributes, 'mcp.response.value'),
  };
}
