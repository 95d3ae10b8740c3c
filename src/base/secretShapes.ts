/**
 * The shapes of secrets that are known by sight: a prefix, the characters that follow, and how
 * many of them at least. Prefixes are checked in this order, so the longer one comes first.
 */
export interface SecretShape {
  readonly prefix: string;
  /** Characters and ranges, as in `A-Za-z0-9_-`; a hyphen for itself stands last. */
  readonly characters: string;
  readonly minLength: number;
  /** At most, where the shape has one length; then nothing alphanumeric may follow. */
  readonly maxLength?: number;
  /** What follows a short prefix must hold a digit, or plain words with hyphens would match. */
  readonly digit?: boolean;
}

/** A user's own shape, from the settings. */
export type SecretPattern = Pick<SecretShape, 'prefix' | 'characters' | 'minLength'>;

const word = 'A-Za-z0-9_-';
const alphanumeric = 'A-Za-z0-9';

const shape = (prefix: string, characters: string, minLength: number): SecretShape => ({
  prefix,
  characters,
  minLength,
});

export const knownShapes: readonly SecretShape[] = [
  ...['sk-proj-', 'sk-ant-', 'sk-svcacct-', 'sk-admin-', 'sk-or-v1-', 'sk-lf-'].map((prefix) => ({
    ...shape(prefix, word, 16),
    digit: true,
  })),
  { ...shape('sk-', alphanumeric, 20), digit: true },
  { ...shape('AKIA', 'A-Z0-9', 16), maxLength: 16 },
  { ...shape('ASIA', 'A-Z0-9', 16), maxLength: 16 },
  ...['ghp_', 'gho_', 'ghs_', 'ghu_', 'ghr_'].map((prefix) => shape(prefix, alphanumeric, 30)),
  shape('github_pat_', 'A-Za-z0-9_', 30),
  { ...shape('glpat-', word, 20), digit: true },
  { ...shape('AIza', word, 35), maxLength: 35 },
  { ...shape('GOCSPX-', word, 24), digit: true },
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xapp-'].map((prefix) => ({
    ...shape(prefix, 'A-Za-z0-9-', 16),
    digit: true,
  })),
  ...['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'].map((prefix) => ({
    ...shape(prefix, alphanumeric, 16),
    digit: true,
  })),
  shape('hf_', alphanumeric, 30),
  ...['gsk_', 'npm_', 'lsv2_pt_', 'lsv2_sk_'].map((prefix) => ({
    ...shape(prefix, 'A-Za-z0-9_', 30),
    digit: true,
  })),
  ...['pylf_', 'pplx-', 'xai-', 'tvly-'].map((prefix) => ({
    ...shape(prefix, word, 20),
    digit: true,
  })),
];

/** A table of the bytes that a class of characters has. */
export function byteTable(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let i = 0; i < characters.length; i++) {
    const first = characters.charCodeAt(i);
    const isRange = characters[i + 1] === '-' && i + 2 < characters.length;
    const last = isRange ? characters.charCodeAt(i + 2) : first;
    table.fill(1, first, Math.min(last, 127) + 1);
    if (isRange) i += 2;
  }
  return table;
}
