import { isUtf8 } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecretMask, maskSecrets, maskText } from '../../src/base/secrets';
import type { WireMessage } from '../../src/base/wireLeaves';

/** Made up, in the shapes of the real ones; joined so that no scanner takes them for leaks. */
const letters = 'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0cD';
const long = letters + letters.toLowerCase();
const body64 = `${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7'.padEnd(64, 'A')}`;
const claims = Buffer.from('{"sub":"1234567890","name":"J"}').toString('base64url');
const webToken = `eyJhbGciOiJIUzI1NiJ9.${claims}.${letters}`;
const basic = Buffer.from('user:correct horse').toString('base64');

/** What is sent, and what of it stays readable in front of the asterisks. */
const secrets: readonly (readonly [name: string, secret: string, kept: string])[] = [
  ['OpenAI, old', `sk-${letters}${letters.slice(0, 16)}`, 'sk-'],
  ['OpenAI, project', `sk-proj-${letters}_${letters}-T3BlbkFJ`, 'sk-proj-'],
  ['OpenAI, service account', `sk-svcacct-${letters}`, 'sk-svcacct-'],
  ['Anthropic', `sk-ant-api03-${long}-AA`, 'sk-ant-'],
  ['OpenRouter', `sk-or-v1-${long}`, 'sk-or-v1-'],
  ['Langfuse', 'sk-lf-1b2c3d4e-5f60-7a8b-9c0d-1e2f3a4b5c6d', 'sk-lf-'],
  ['AWS key', 'AKIA' + 'IOSFODNN7EXAMPLE', 'AKIA'],
  ['AWS session key', 'ASIA' + 'IOSFODNN7EXAMPLE', 'ASIA'],
  ['GitHub', `ghp_${letters}abcd`, 'ghp_'],
  ['GitHub, fine-grained', `github_pat_11ABCDEFG0_${long}`, 'github_pat_'],
  ['GitLab', 'glpat-' + 'aB3dE6gH9jK2mN5pQ8sT', 'glpat-'],
  ['Google', `AIza${letters}abc`, 'AIza'],
  ['Slack', 'xoxb-' + '123456789012-1234567890123-' + letters, 'xoxb-'],
  ['Stripe', `sk_live_${letters}`, 'sk_live_'],
  ['Stripe, restricted', `rk_live_${letters}`, 'rk_live_'],
  ['Hugging Face', `hf_${letters}ab`, 'hf_'],
  ['Groq', `gsk_${letters}${letters}`, 'gsk_'],
  ['Logfire', `pylf_v1_us_${letters}`, 'pylf_'],
  ['npm', `npm_${letters}abcd`, 'npm_'],
  ['LangSmith', `lsv2_pt_${letters.toLowerCase()}_0123456789`, 'lsv2_pt_'],
  ['a JSON web token', webToken, 'eyJ'],
  ['a bearer token', `Bearer ${letters}.${letters}/+=`, 'Bearer '],
  ['a bearer token in small letters', `bearer ${letters}`, 'bearer '],
  ['basic authorization', `Basic ${basic}`, 'Basic '],
  ['basic authorization, percent-encoded', `Basic%20${basic}`, 'Basic%20'],
];

function masked(secret: string, kept: string): string {
  return kept + '*'.repeat(secret.length - kept.length);
}

describe.each(secrets)('%s', (_, secret, kept) => {
  const mask = masked(secret, kept);

  test.each([
    ['alone', secret, mask],
    ['in a sentence', `use ${secret}, or not`, `use ${mask}, or not`],
    ['assigned', `KEY=${secret}\nNEXT=1`, `KEY=${mask}\nNEXT=1`],
    ['in a URL', `https://x.test/?key=${secret}&v=1`, `https://x.test/?key=${mask}&v=1`],
    ['percent-encoded', `a%3D${secret}%26`, `a%3D${mask}%26`],
    ['between umlauts', `ä ${secret} ö`, `ä ${mask} ö`],
  ])('%s', (_, text, expected) => {
    expect(maskText(text)).toBe(expected);
    expect(maskText(expected)).toBe(expected);
  });

  test('in JSON, in JSON in JSON, behind an escape', () => {
    let inner: unknown = { content: `line\n${secret}\t"quoted ${secret}"` };
    let expected: unknown = { content: `line\n${mask}\t"quoted ${mask}"` };
    for (let depth = 0; depth < 4; depth++) {
      inner = JSON.stringify(inner);
      expected = JSON.stringify(expected);
      expect(maskText(inner as string)).toBe(expected);
    }
    expect(maskText(`{"k":"\\u003d${secret}"}`)).toBe(`{"k":"\\u003d${mask}"}`);
  });

  test('in a protobuf string, whatever stands before and behind it', () => {
    const strings: WireMessage = { nested: () => undefined };
    for (const tag of [0x0a, 0x12, 0x4a, 0x5a, 0x6a, 0x7a]) {
      for (const padding of [0, 1, 9, 20, 70, 200, 7000]) {
        const text = secret + ' '.repeat(padding);
        const body = Buffer.concat([frame(tag, text), frame(tag, 'A1b2C3d4E5f6')]);
        expect(maskSecrets(body, strings)).toBe(1);
        const behind = frame(tag, 'A1b2C3d4E5f6');
        const expected = Buffer.concat([frame(tag, mask + ' '.repeat(padding)), behind]);
        expect(body.toString('latin1')).toBe(expected.toString('latin1'));
      }
    }
  });
});

/** A length-delimited field. */
function frame(tag: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([tag, ...length, rest]), bytes]);
}

describe('secrets with a place of their own', () => {
  const awsSecret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

  test.each([
    [`aws_secret_access_key = ${awsSecret}`],
    [`AWS_SECRET_ACCESS_KEY=${awsSecret}\n`],
    [`{"SecretAccessKey":"${awsSecret}"}`],
    [`{\\"SecretAccessKey\\": \\"${awsSecret}\\"}`],
  ])('an AWS secret: %s', (text) => {
    expect(maskText(text)).toBe(text.replace(awsSecret, '*'.repeat(40)));
  });

  test.each([
    ['postgres://bob:hunter2@db.test:5432/x', 'postgres://bob:*******@db.test:5432/x'],
    ['see "redis://:p%40ss!@cache" now', 'see "redis://:*******@cache" now'],
    ['a https://u:pä@h/ b@c', 'a https://u:***@h/ b@c'],
  ])('a password in a URL: %s', (text, expected) => {
    expect(maskText(text)).toBe(expected);
    expect(maskText(expected)).toBe(expected);
  });

  test.each([['RSA '], [''], ['EC '], ['OPENSSH '], ['ENCRYPTED ']])(
    'a PEM %sprivate key',
    (kind) => {
      const lines = [
        `-----BEGIN ${kind}PRIVATE KEY-----`,
        body64,
        `${body64.slice(0, 20)}==`,
        `-----END ${kind}PRIVATE KEY-----`,
      ];
      const hidden = lines.map((line, i) => (i % 3 === 0 ? line : '*'.repeat(line.length)));
      let text: string = `before\n${lines.join('\n')}\nafter`;
      let expected: string = `before\n${hidden.join('\n')}\nafter`;
      for (let depth = 0; depth < 3; depth++) {
        expect(maskText(text)).toBe(expected);
        expect(maskText(expected)).toBe(expected);
        text = JSON.stringify({ text });
        expected = JSON.stringify({ text: expected });
      }
    },
  );

  test('a private key that was cut off is masked to its end', () => {
    const text = `-----BEGIN PRIVATE KEY-----\n${body64}`;
    expect(maskText(text)).toBe(`-----BEGIN PRIVATE KEY-----\n${'*'.repeat(body64.length)}`);
  });
});

describe('near misses', () => {
  test.each([
    'task-force-1-of-the-nation-and-more-words-to-come',
    'risk-adjusted-return-2024-annualised-and-more-words',
    'sk-learn-based-classification-of-20-newsgroups',
    'sk-proj-your-key-goes-here-please',
    'sk-...',
    'sk-abc123',
    'AKIA is a prefix',
    'AKIAIOSFODNN7EXAMPLELONGER',
    'MAKIAIOSFODNN7EXAMPLE',
    'ghp_short',
    'aghp_' + letters + 'abcd',
    'npm_config_registry and npm_lifecycle_event',
    'npm_config_user_agent_of_the_whole_script_runner',
    'hf_hub_download(repo_id)',
    'hf_transformer_model_for_sequence_classification',
    'xoxb-',
    'eyJ alone, eyJhbGciOiJIUzI1NiJ9 without claims',
    'eyJhbGciOiJIUzI1NiJ9.notclaims.signature',
    'Bearer authentication-is-required-for-this',
    'Bearer $OPENAI_API_KEY',
    'Bearer <your token here>',
    'Basic understanding-of-everything',
    'Basic Internationalization',
    'postgres://bob@db.test/x',
    'https://example.test:8080/@scope/package',
    'http://localhost:3000 and bob@example.test',
    'postgres://bob:${PASSWORD}@db.test and postgres://bob:$PASSWORD@db.test',
    'npm install @openai/agents@0.20.0',
    '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----',
    '-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END CERTIFICATE-----',
    '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
    'aws_secret_access_key is a name',
    'aws_secret_access_key = <40 characters>',
    'commit 0af7651916cd43dd8448eb211c80319c0af76519',
    '6f1c2b1e-1f0a-4c57-9d3e-2b7a8c9d0e1f',
    'chatcmpl-AbCdEf0123456789AbCdEf0123456789',
    'call_AbCdEf0123456789AbCdEf01',
    'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
    'gen_ai.usage.input_tokens gen_ai.response.finish_reasons',
  ])('%s', (text) => {
    expect(maskText(text)).toBe(text);
    expect(maskText(JSON.stringify({ text }))).toBe(JSON.stringify({ text }));
  });
});

describe('framing', () => {
  /** Field 15 holds a message like itself, every other field a string. */
  const type: WireMessage = { nested: (field) => (field === 15 ? type : undefined) };

  interface Sample {
    readonly bytes: Buffer;
    /** Per byte: whether it is of a string's text. */
    readonly isText: readonly boolean[];
  }

  function field(tag: number, content: Buffer, isText: readonly boolean[]): Sample {
    const bytes = frame(tag, content);
    const head = new Array<boolean>(bytes.length - content.length).fill(false);
    return { bytes, isText: [...head, ...isText] };
  }

  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(...secrets.map(([, secret]) => secret), '-----BEGIN PRIVATE KEY-----\n'),
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.constantFrom('://a:b@c', ' ', '\n', '"', '\\n', 'Bearer ', body64, letters),
      ),
      { maxLength: 4 },
    )
    .map((parts) => Buffer.from(parts.join('')));

  const { message } = fc.letrec<{ message: Sample }>((tie) => ({
    message: fc
      .array(
        fc.oneof(
          { maxDepth: 5 },
          fc
            .tuple(fc.constantFrom(0x0a, 0x12, 0x32, 0x4a), text)
            .map(([tag, bytes]) => field(tag, bytes, new Array<boolean>(bytes.length).fill(true))),
          tie('message').map((inner) => field(0x7a, inner.bytes, inner.isText)),
        ),
        { maxLength: 4 },
      )
      .map((fields) => ({
        bytes: Buffer.concat(fields.map(({ bytes }) => bytes)),
        isText: fields.flatMap(({ isText }) => isText),
      })),
  }));

  test('no mask crosses the border of a string, and what was UTF-8 is UTF-8', () => {
    fc.assert(
      fc.property(message, ({ bytes, isText }) => {
        const masked = Buffer.from(bytes);
        maskSecrets(masked, type);
        for (let i = 0; i < bytes.length; i++) {
          if (!isText[i]) expect(masked[i]).toBe(bytes[i]);
        }
        expect(isUtf8(masked.filter((_, i) => isText[i]))).toBe(true);
        const again = Buffer.from(masked);
        expect(maskSecrets(again, type)).toBe(0);
        expect(again.equals(masked)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('bytes that are not such a message are left alone', () => {
    const bytes = Buffer.concat([Buffer.from([0x0a, 0x7f]), Buffer.from(`sk-proj-${letters}`)]);
    expect(maskSecrets(bytes, type)).toBe(0);
  });
});

describe('a user’s own patterns', () => {
  test('are masked beside the known ones', () => {
    const mask = createSecretMask([
      { prefix: 'acme:', characters: 'a-f0-9', minLength: 8 },
      { prefix: '', characters: 'a-z', minLength: 1 },
    ]);
    const bytes = Buffer.from(`acme:0123abcd! acme:0123 xacme:0123abcd sk-proj-${letters}`);
    expect(mask(bytes, undefined)).toBe(2);
    expect(bytes.toString()).toBe(
      `acme:********! acme:0123 xacme:0123abcd sk-proj-${'*'.repeat(letters.length)}`,
    );
  });

  test('cannot break the JSON around them', () => {
    const mask = createSecretMask([{ prefix: 'my-', characters: '\x00-\x7fé', minLength: 0 }]);
    const text = JSON.stringify({ a: 'my-secret\nline', b: 'é my-' });
    const bytes = Buffer.from(text);
    mask(bytes, undefined);
    expect(JSON.parse(bytes.toString())).toEqual({ a: 'my-******\nline', b: 'é my-' });
  });
});

describe('hostile input costs no more than its length', () => {
  test.each([
    ['sk-proj-'],
    ['eyJ'],
    ['-eyJ-'],
    ['-eyJa.eyJ'],
    ['Basic '],
    ['Bearer aaaaaaaaaaaaaaa '],
    ['-----BEGIN PRIVATE KEY-----'],
    ['-----BEGIN '],
    ['://a@'],
    ['://a:@@'],
    ['aws_secret_access_key'],
    ['\n\x02'],
    ['\n\x15sk-proj-'],
  ])('%j again and again', (part) => {
    const bytes = Buffer.from(part.repeat(4_000_000 / part.length));
    const started = performance.now();
    maskSecrets(bytes, undefined);
    // Quadratic work would take minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
