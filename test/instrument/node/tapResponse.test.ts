import { expect, test } from 'vitest';
import { tapResponse } from '../../../src/instrument/node/tapResponse';

/** Every way to read a response; each must give the same with and without a watcher. */
const ways: Record<string, (response: Response) => Promise<unknown>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  arrayBuffer: async (response) => Buffer.from(await response.arrayBuffer()).toString(),
  blob: async (response) => (await response.blob()).text(),
  iteration: async (response) => {
    const texts: string[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      texts.push(decoder.decode(chunk as Uint8Array, { stream: true }));
    }
    return texts;
  },
  reader: async (response) => {
    const reader = response.body?.getReader();
    const texts: string[] = [];
    for (;;) {
      const result = await reader?.read();
      if (!result || result.done) return texts;
      texts.push(Buffer.from(result.value as Uint8Array).toString());
    }
  },
  tee: async (response) => {
    const [left, right] = response.body?.tee() ?? [];
    return Promise.all([new Response(left).text(), new Response(right).text()]);
  },
  pipe: async (response) => {
    const through = response.body?.pipeThrough(new TransformStream());
    return new Response(through).text();
  },
  twice: async (response) => {
    await response.text();
    return response.text().catch((error: Error) => error.constructor.name);
  },
  properties: (response) =>
    Promise.resolve([Object.keys(response), response.status, response instanceof Response]),
};

const parts = ['{"a":', ' 1, "b": "', 'ünï', '"}'];

function response(): Response {
  const encoder = new TextEncoder();
  return new Response(
    new ReadableStream({
      start(controller) {
        for (const part of parts) controller.enqueue(encoder.encode(part));
        controller.close();
      },
    }),
    { status: 201, headers: { 'content-type': 'application/json' } },
  );
}

function watched(): { response: Response; seen: () => string; ends: string[] } {
  const chunks: (Uint8Array | string)[] = [];
  const ends: string[] = [];
  const tapped = response();
  tapResponse(tapped, {
    chunk: (data) => chunks.push(data),
    whole: (data) => {
      if (chunks.length === 0) chunks.push(data);
    },
    end: (reason) => ends.push(reason),
  });
  const seen = () => chunks.map((chunk) => Buffer.from(chunk as string).toString()).join('');
  return { response: tapped, seen, ends };
}

test.each(Object.keys(ways))('%s gives the program the same', async (name) => {
  const { response: tapped } = watched();
  expect(await ways[name]?.(tapped)).toEqual(await ways[name]?.(response()));
});

test.each(['text', 'json', 'arrayBuffer', 'iteration', 'reader'])(
  '%s shows the watcher the bytes of the wire',
  async (name) => {
    const { response: tapped, seen, ends } = watched();
    await ways[name]?.(tapped);
    expect(seen()).toBe(parts.join(''));
    expect(ends).toContain('complete');
  },
);

test('leaving a stream early ends the watching with what was read', async () => {
  const { response: tapped, seen, ends } = watched();
  for await (const chunk of tapped.body ?? []) {
    expect(chunk).toBeInstanceOf(Uint8Array);
    break;
  }
  expect(seen()).toBe(parts[0]);
  expect(ends).toEqual(['cancelled']);
});

test('a body that breaks is reported, and breaks for the program too', async () => {
  const ends: unknown[] = [];
  const broken = new Response(
    new ReadableStream({
      pull(controller) {
        controller.error(new Error('torn'));
      },
    }),
  );
  tapResponse(broken, {
    chunk: () => undefined,
    whole: () => undefined,
    end: (reason, error) => ends.push([reason, (error as Error).message]),
  });
  await expect(broken.text()).rejects.toThrow('torn');
  expect(ends).toContainEqual(['failed', 'torn']);
});
