import type { ModelScript } from '../../examples/support-agent/model/server.mjs';

/**
 * What the model says to `programs/support.mjs` and `support.py`: a tool, a handoff, a tool that
 * fails, an answer. The SDKs name the tool of a handoff differently.
 */
export const supportScript = (handoff: string): ModelScript => [
  {
    when: { system: 'triage', tool: 'look_up_order' },
    answer: {
      toolCalls: [{ name: handoff, arguments: {} }],
      usage: { input: 120, cached: 64, output: 30, reasoning: 12 },
    },
  },
  {
    when: { system: 'triage' },
    answer: { toolCalls: [{ name: 'look_up_order', arguments: { id: '17' } }] },
  },
  { when: { system: 'refund', tool: 'refund' }, answer: 'The refund did not work.' },
  {
    when: { system: 'refund' },
    answer: { toolCalls: [{ name: 'refund', arguments: { id: '17' } }] },
  },
];
