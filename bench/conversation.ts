import { Prose, Random } from './random';
import type { AttributeValue, SpanSketch } from './span';

/**
 * Traces of a made-up agent: turns of one model call and a few tool calls, in which every call
 * repeats the conversation so far. About 30 % model calls, 45 % tools, 25 % agents and steps; 25
 * attributes and about 7 KB a span; 3 % fail with a stack trace; a few hold what looks like a key.
 */

/** Of 2026-01-01, in microseconds. */
const begin = 1_767_225_600_000_000;

const models = ['gpt-5-mini', 'gpt-5', 'gpt-4.1-mini', 'claude-sonnet-4-5'] as const;
const tools = ['lookup_order', 'refund', 'search_help', 'send_mail', 'read_file'] as const;
const agents = ['triage', 'orders', 'billing'] as const;

export class TraceMaker {
  private readonly random: Random;
  private readonly prose: Prose;
  private readonly instructions: string;
  private readonly definitions: string;
  private made = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    this.prose = new Prose(this.random);
    this.instructions = JSON.stringify([{ type: 'text', content: this.prose.text(1100) }]);
    this.definitions = JSON.stringify(
      tools.map((name) => ({
        ...{ type: 'function', name, description: this.prose.text(200) },
        parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      })),
    );
  }

  /** The spans of one trace in the order in which they end; turns are chosen where not given. */
  trace(turns = this.random.between(4, 16)): readonly SpanSketch[] {
    const start = begin + this.made++ * 2_000_000;
    return new Conversation({ ...this.parts(), start }).spans(turns);
  }

  private parts() {
    const { random, prose, instructions, definitions } = this;
    return { random, prose, instructions, definitions };
  }
}

interface Parts {
  readonly random: Random;
  readonly prose: Prose;
  readonly instructions: string;
  readonly definitions: string;
  readonly start: number;
}

class Conversation {
  private readonly traceId: string;
  private readonly rootId: string;
  private readonly common: Readonly<Record<string, AttributeValue>>;
  private readonly model: string;
  private readonly messages: string[] = [];
  private readonly ended: SpanSketch[] = [];
  private clock: number;

  constructor(private readonly parts: Parts) {
    const { random, prose, start } = parts;
    this.clock = start;
    this.traceId = random.hex(16);
    this.rootId = random.hex(8);
    this.model = random.oneOf(models);
    const session = random.hex(16);
    this.common = {
      'gen_ai.provider.name': this.model.startsWith('gpt') ? 'openai' : 'anthropic',
      'gen_ai.conversation.id': session,
      'session.id': session,
      'user.id': `user-${random.between(1, 400)}`,
      'code.file.path': '/home/user/agents/support/agent.mjs',
      'code.line.number': random.between(10, 300),
      'code.function.name': 'answerCustomer',
      'thread.id': 1,
      'thread.name': 'main',
      'app.tenant': `tenant-${random.between(1, 20)}`,
      'app.feature': prose.word(),
      'app.experiment': prose.word(),
    };
    this.say('user', prose.text(900));
  }

  spans(turns: number): readonly SpanSketch[] {
    for (let turn = 0; turn < turns; turn++) this.turn();
    this.end({ id: this.rootId, parent: undefined, start: this.parts.start }, this.agentSpan());
    return this.ended;
  }

  private turn(): void {
    const { random } = this.parts;
    const step = random.chance(0.75) ? random.hex(8) : undefined;
    const start = this.clock;
    const parent = step ?? this.rootId;
    this.chat(parent);
    const calls = random.between(0, 3);
    for (let call = 0; call < calls; call++) this.tool(parent);
    if (step) this.end({ id: step, parent: this.rootId, start }, this.agentSpan());
  }

  private chat(parent: string): void {
    const { random, prose, instructions, definitions } = this.parts;
    const start = this.clock;
    const input = `[${this.lastMessages().join(',')}]`;
    const answer = this.say('assistant', prose.text(random.between(300, 800)));
    this.clock += random.between(300_000, 4_000_000);
    const name = `chat ${this.model}`;
    const tokens = Math.round(input.length / 4);
    this.end(
      { id: random.hex(8), parent, start, name },
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': this.model,
        'gen_ai.response.model': this.model,
        'gen_ai.response.id': `resp_${random.hex(12)}`,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.request.temperature': 0.7,
        'gen_ai.usage.input_tokens': tokens,
        'gen_ai.usage.output_tokens': Math.round(answer.length / 4),
        'gen_ai.usage.cache_read.input_tokens': Math.round(tokens / 2),
        'gen_ai.system_instructions': instructions,
        'gen_ai.tool.definitions': definitions,
        'gen_ai.input.messages': input,
        'gen_ai.output.messages': `[${answer}]`,
      },
    );
  }

  private tool(parent: string): void {
    const { random, prose } = this.parts;
    const start = this.clock;
    this.clock += random.between(5_000, 900_000);
    const tool = random.oneOf(tools);
    const id = `call_${random.hex(12)}`;
    const secret = random.chance(0.02) ? ` Authorization: Bearer sk-proj-${random.hex(24)}` : '';
    const result = JSON.stringify({ id, status: 'found', text: prose.text(1000) + secret });
    this.say('tool', result);
    this.end(
      { id: random.hex(8), parent, start, name: `execute_tool ${tool}` },
      {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tool,
        'gen_ai.tool.type': 'function',
        'gen_ai.tool.description': prose.text(120),
        'gen_ai.tool.call.id': id,
        'gen_ai.tool.call.arguments': JSON.stringify({ id, query: prose.text(200) }),
        'gen_ai.tool.call.result': result,
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'url.full': `http://orders.internal/api/${tool}?id=${id}`,
        'server.address': 'orders.internal',
        'server.port': 8080,
        'network.protocol.version': '1.1',
      },
    );
  }

  private agentSpan(): Readonly<Record<string, AttributeValue>> {
    const { random, prose } = this.parts;
    const agent = random.oneOf(agents);
    return {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent,
      'gen_ai.agent.id': `agent_${agent}`,
      'gen_ai.agent.description': prose.text(150),
      'gen_ai.request.model': this.model,
      'gen_ai.input.messages': `[${this.messages.at(-1) ?? ''}]`,
      'gen_ai.output.messages': `[${this.messages.at(-1) ?? ''}]`,
      'agent.step': this.messages.length,
      'agent.retries': 0,
      'agent.budget': 12.5,
      'agent.allow_handoff': true,
      'agent.tools': tools,
      'agent.memory': prose.text(300),
    };
  }

  private end(
    at: { id: string; parent: string | undefined; start: number; name?: string },
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    const { random, prose } = this.parts;
    const message = random.chance(0.03) ? prose.text(80) : undefined;
    this.clock += random.between(500, 5_000);
    this.ended.push({
      traceId: this.traceId,
      spanId: at.id,
      parentSpanId: at.parent,
      name: at.name ?? `invoke_agent ${String(attributes['gen_ai.agent.name'])}`,
      startTime: at.start,
      endTime: this.clock,
      attributes: { ...this.common, ...attributes },
      ...(message !== undefined && { failure: { message, stack: this.stackOf(message) } }),
    });
  }

  private stackOf(message: string): string {
    const { random, prose } = this.parts;
    const frames = Array.from({ length: 12 }, () => {
      const line = random.between(1, 900);
      return `    at ${prose.word()} (/home/user/agents/support/${prose.word()}.mjs:${line}:11)`;
    });
    return [`Error: ${message}`, ...frames].join('\n');
  }

  /** Gives the message as JSON. */
  private say(role: string, content: string): string {
    const message = JSON.stringify({ role, parts: [{ type: 'text', content }] });
    this.messages.push(message);
    return message;
  }

  /** What is sent to the model: at most about 20 KB. */
  private lastMessages(): readonly string[] {
    let size = 0;
    let first = this.messages.length;
    while (first > 0 && size < 19_000) size += this.messages[--first]?.length ?? 0;
    return this.messages.slice(first);
  }
}
