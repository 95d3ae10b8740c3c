/**
 * A scripted model service that speaks OpenAI's HTTP interface: Chat Completions, Responses, embeddings
 * and models, whole or as server-sent events. Nothing but Node is needed (18 or later). Use it from code
 * by `startModelServer({ script })` or as `node server.mjs [--port N] [--script FILE]`, which prints its
 * base URL as the first line and ends with its standard input or its parent. Scripts: see `server.d.mts`.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { completeAnswer, scriptFunction } from './answers.mjs';
import { chatChunks, chatCompletion, chatFailure } from './chat.mjs';
import { demoScript } from './demo.mjs';
import { faultOf } from './faults.mjs';
import { readBody, sendError, sendFault, sendJson, startEvents } from './http.mjs';
import { itemsOf, readChat, readResponses, RequestError } from './request.mjs';
import { responseEvents, responseFailure, responseOf } from './responses.mjs';
import { embed, estimateTokens, idSource, PromptCache } from './tokens.mjs';

/** The dated model that answers where a request names a moving one. */
const answeringModels = {
  'gpt-5': 'gpt-5-2025-08-07',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
  'gpt-5-nano': 'gpt-5-nano-2025-08-07',
  'gpt-4.1': 'gpt-4.1-2025-04-14',
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'gpt-4o': 'gpt-4o-2024-08-06',
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
};
const embeddingSizes = { 'text-embedding-3-large': 3072 };

/** Starts the service; `server.d.mts` says what goes in and comes out. */
export async function startModelServer(options = {}) {
  const {
    script = demoScript,
    port = 0,
    host = '127.0.0.1',
    seed = 'glassbox',
    cacheFrom = 1024,
  } = options;
  const service = {
    script: scriptFunction(script),
    ids: idSource(seed),
    cache: new PromptCache(cacheFrom),
    models: options.models ?? [
      ...Object.keys(answeringModels),
      'text-embedding-3-small',
      'text-embedding-3-large',
    ],
    stored: new Map(),
    requests: [],
    calls: [],
  };
  const server = createServer((incoming, outgoing) => {
    outgoing.setHeader('x-request-id', service.ids('req_', 32));
    handle(service, incoming, outgoing).catch((error) => sendError(outgoing, error));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    url: `http://${host}:${server.address().port}/v1`,
    requests: service.requests,
    calls: service.calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections?.();
      }),
  };
}

async function handle(service, incoming, outgoing) {
  const { pathname } = new URL(incoming.url, 'http://localhost');
  const route = `${incoming.method} ${pathname.replace(/^.*?\/(?=(chat\/completions|responses|embeddings|models)(\/|$))/, '/')}`;
  const [, id] = /^(?:GET|DELETE) \/(?:models|responses)\/(.+)$/.exec(route) ?? [];
  if (route === 'GET /models') return sendJson(outgoing, modelList(service));
  if (id && route.includes('/models/')) {
    return sendJson(outgoing, modelOf(service, decodeURIComponent(id)));
  }
  if (id) return sendJson(outgoing, storedResponse(service, { id, method: incoming.method }));
  const answerTo = {
    'POST /chat/completions': answerChat,
    'POST /responses': answerResponses,
    'POST /embeddings': answerEmbeddings,
  }[route];
  if (!answerTo) {
    throw new RequestError(`Unknown request URL: ${route}.`, { status: 404, code: 'unknown_url' });
  }
  const body = await readBody(incoming);
  const deployment = /\/deployments\/([^/]+)\//.exec(pathname)?.[1];
  service.requests.push(body);
  service.calls.push({
    method: incoming.method,
    path: incoming.url,
    headers: incoming.headers,
    body,
  });
  const model = body.model ?? deployment;
  if (!model) throw new RequestError('you must provide a model parameter');
  await answerTo(service, { body: { ...body, model }, incoming, outgoing });
}

async function answerChat(service, exchange) {
  const request = { ...readChat(exchange.body), ...contextOf(service, exchange) };
  await respond(service, exchange, {
    request,
    whole: chatCompletion,
    stream: chatChunks,
    failure: chatFailure,
    frame: (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
    last: 'data: [DONE]\n\n',
  });
}

async function answerResponses(service, exchange) {
  const { body } = exchange;
  const history = historyOf(service, body);
  const input = itemsOf(body.input).map((item) => referenced(service, item));
  const request = {
    ...readResponses({ ...body, input }, history),
    ...contextOf(service, exchange),
  };
  await respond(service, exchange, {
    request,
    whole: (parts) => {
      const response = responseOf({ ...parts, request: { ...request, body } });
      const items = [...history, ...input, ...response.output];
      if (body.store !== false) service.stored.set(response.id, { response, items });
      return response;
    },
    stream: responseEvents,
    failure: responseFailure,
    frame: (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
    last: '',
  });
}

/** Asks the script and sends what it says: whole, as a stream, or as the failure it names. */
async function respond(service, { outgoing }, protocol) {
  const { request, whole } = protocol;
  const answer = await service.script(request);
  await pause(outgoing, answer?.delayMs);
  if (outgoing.destroyed || answer?.error === 'disconnect') return void outgoing.destroy();
  if (answer?.error !== undefined && !(request.stream && answer.afterChunks)) {
    return sendFault(outgoing, faultOf(answer.error));
  }
  const full = completeAnswer(answer, { request, ids: service.ids, cache: service.cache });
  const model = answeringModels[request.model] ?? request.model;
  const completion = whole({ answer: full, request, ids: service.ids, model, now: Date.now() });
  if (!request.stream) return sendJson(outgoing, completion, { cut: full.cut });
  await sendStream(outgoing, protocol, { completion, answer: full });
}

async function sendStream(outgoing, protocol, { completion, answer }) {
  const { request, stream, failure, frame, last } = protocol;
  startEvents(outgoing);
  let sent = 0;
  for (const part of stream(completion, { answer, request })) {
    if (outgoing.destroyed) return;
    if (answer.error !== undefined && sent === answer.afterChunks) {
      const { error } = faultOf(answer.error).body;
      return void outgoing.end(frame(failure(error, { response: completion, sent })));
    }
    if (answer.cut && sent === (answer.afterChunks ?? 4)) return void outgoing.destroy();
    await new Promise((resolve) => outgoing.write(frame(part), resolve));
    sent++;
    await pause(outgoing, answer.chunkDelayMs);
  }
  outgoing.end(last);
}

async function answerEmbeddings(service, exchange) {
  const { body, outgoing } = exchange;
  const inputs = textsOfInput(body.input);
  const request = {
    api: 'embeddings',
    model: body.model,
    lastUserText: inputs.join('\n'),
    toolResults: [],
    body,
  };
  const answer = await service.script({ ...request, ...contextOf(service, exchange) });
  await pause(outgoing, answer?.delayMs);
  if (outgoing.destroyed || answer?.error === 'disconnect') return void outgoing.destroy();
  if (answer?.error !== undefined) return sendFault(outgoing, faultOf(answer.error));
  const size = body.dimensions ?? embeddingSizes[body.model] ?? 1536;
  const tokens = inputs.reduce((sum, text) => sum + estimateTokens(text), 0);
  sendJson(outgoing, {
    object: 'list',
    data: inputs.map((text, index) => {
      const vector = embed(text, size);
      const packed = () => Buffer.from(new Float32Array(vector).buffer).toString('base64');
      return {
        object: 'embedding',
        index,
        embedding: body.encoding_format === 'base64' ? packed() : vector,
      };
    }),
    model: body.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

/** An embedding input is a text, texts, tokens, or lists of tokens. */
function textsOfInput(input) {
  if (input === undefined || input === '' || input?.length === 0) {
    throw new RequestError("'$.input' is invalid. Please check the API reference.");
  }
  if (!Array.isArray(input)) return [`${input}`];
  if (typeof input[0] === 'number') return [input.join(' ')];
  return input.map((part) => (Array.isArray(part) ? part.join(' ') : `${part}`));
}

function contextOf(service, { incoming }) {
  const { authorization, 'api-key': azureKey } = incoming.headers;
  return {
    apiKey: authorization?.replace(/^Bearer /, '') ?? azureKey,
    index: service.requests.length - 1,
  };
}

function historyOf(service, { previous_response_id: id }) {
  if (!id) return [];
  const previous = service.stored.get(id);
  if (previous) return previous.items;
  throw new RequestError(`Previous response with id '${id}' not found.`, {
    code: 'previous_response_not_found',
    param: 'previous_response_id',
  });
}

function referenced(service, item) {
  if (item.type !== 'item_reference') return item;
  for (const { items } of service.stored.values()) {
    const found = items.find((candidate) => candidate.id === item.id);
    if (found) return found;
  }
  throw new RequestError(`Item with id '${item.id}' not found.`, { status: 404, param: 'input' });
}

function storedResponse(service, { id, method }) {
  const found = service.stored.get(id);
  if (!found)
    throw new RequestError(`Response with id '${id}' not found.`, {
      status: 404,
      param: 'response_id',
    });
  if (method === 'GET') return found.response;
  service.stored.delete(id);
  return { id, object: 'response', deleted: true };
}

function modelList(service) {
  return { object: 'list', data: service.models.map((id) => modelOf(service, id)) };
}

function modelOf(service, id) {
  if (service.models.includes(id))
    return { id, object: 'model', created: 1754524800, owned_by: 'system' };
  throw new RequestError(`The model '${id}' does not exist`, {
    status: 404,
    code: 'model_not_found',
    param: 'model',
  });
}

/** Waits, but not for a client that has left. */
function pause(outgoing, milliseconds) {
  if (!(milliseconds > 0)) return undefined;
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    outgoing.once('close', done);
    function done() {
      clearTimeout(timer);
      outgoing.off('close', done);
      resolve();
    }
  });
}

/** Reads a script file: a module that exports `script` (and perhaps `options`), or JSON rules. */
async function loadScript(file) {
  if (file.endsWith('.json')) return { script: JSON.parse(readFileSync(file, 'utf8')) };
  const { script, options } = await import(pathToFileURL(file).href);
  return { ...options, script };
}

async function main(args) {
  const value = (name) => {
    const at = args.indexOf(name);
    return at < 0 ? undefined : args[at + 1];
  };
  const file = value('--script');
  const loaded = file === undefined ? {} : await loadScript(file);
  const server = await startModelServer({ ...loaded, port: Number(value('--port') ?? 0) });
  console.log(server.url);
  const parent = process.ppid;
  const leave = () => process.exit(0);
  process.stdin.on('end', leave).on('error', leave).resume();
  setInterval(() => process.ppid === parent || leave(), 500);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  });
}
