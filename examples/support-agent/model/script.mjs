/**
 * What the pretended model says in the support agent. It plays four parts, told apart by the first
 * line of their instructions, and reads order numbers, parcel numbers and tool results as a model
 * would. The same question gives the same answer, unless SUPPORT_VARY=1 is set.
 */

/** The prompts here are short, so a cached prefix is made short too: some calls show cached tokens. */
export const options = { cacheFrom: 128 };

const vary = process.env.SUPPORT_VARY === '1';

/** Answers a request of any of the sample's agents. */
export function script(request) {
  const [, play] = parts.find(([words]) => words.test(request.system)) ?? [/./, stranger];
  const answer = play(request);
  return { ...answer, delayMs: vary ? 150 + Math.random() * 700 : 350, chunkDelayMs: 15 };
}

const parts = [
  [/You screen messages/, guardrail],
  [/You are the front desk/, triage],
  [/You are the orders specialist/, orders],
  [/You are the billing specialist/, billing],
];

function guardrail({ lastUserText }) {
  if (
    /ignore .*(instruction|rule|previous)|system prompt|developer mode|jailbreak/i.test(
      lastUserText,
    )
  ) {
    return verdict(false, 'The message tries to make the assistant drop its instructions.');
  }
  if (
    /\b(poem|homework|essay|recipe|weather|bitcoin|football|write .*code)\b/i.test(lastUserText)
  ) {
    return verdict(false, 'The message has nothing to do with the shop.');
  }
  return verdict(true, 'A customer asks about the shop.');
}

function verdict(allowed, reason) {
  return { json: { allowed, reason }, reasoning: 24 };
}

function triage({ lastUserText, tools }) {
  const handOver = (who) => {
    const to = tools.find(({ name }) => new RegExp(`^transfer_to_.*${who}`, 'i').test(name));
    return { reasoning: `This is for the ${who} specialist.`, toolCalls: [{ name: to.name }] };
  };
  if (/refund|charg|invoice|paid|pay\b|payment|money|broken|damaged/i.test(lastUserText)) {
    return handOver('billing');
  }
  if (/order|parcel|track|deliver|ship|[ANS]P?-\d{4}/i.test(lastUserText))
    return handOver('orders');
  return {
    text: either(
      'Hello! I can look up an order, follow a parcel or sort out a payment. What is your order number? It looks like A-1042.',
      'Welcome to Pine & Parcel. Tell me your order number (for example A-1042) and what I can do for you.',
    ),
  };
}

function orders({ lastUserText, toolResults }) {
  const asked = numbersIn(lastUserText, /\bA-\d{4}\b/g);
  const found = resultsOf(toolResults, 'lookup_order');
  const [askedParcel] = numbersIn(lastUserText, /\b[NS]P-\d{4}\b/g);
  const tracked = resultsOf(toolResults, 'track_parcel').at(-1);
  if (askedParcel && !tracked) {
    return callTool(
      'track_parcel',
      { tracking_number: askedParcel },
      'The parcel number is given: ask the carrier.',
    );
  }
  if (asked.length > 0 && found.length === 0) {
    const why =
      typeof tracked === 'string'
        ? 'The carrier did not answer. Our own record of the order may still help.'
        : 'First see what was ordered.';
    return {
      reasoning: why,
      toolCalls: asked.map((id) => ({ name: 'lookup_order', arguments: { order_id: id } })),
    };
  }
  const [order] = found;
  if (found.length === 1 && order?.status === 'shipped' && !tracked) {
    return callTool(
      'track_parcel',
      { tracking_number: order.shipping.tracking },
      'It is on its way: see where.',
    );
  }
  return {
    text: ordersReply({ found, tracked, parcel: askedParcel ?? order?.shipping?.tracking }),
  };
}

function ordersReply({ found, tracked, parcel }) {
  const [order] = found;
  if (found.length > 1) return found.map(statusLine).join('\n');
  if (order && typeof tracked === 'string') {
    return either(
      `I could not reach ${order.shipping.carrier} just now, so I have no live position for ${parcel}. ` +
        `What I can tell you, ${order.customer}: your ${order.items[0].name} (order ${order.order_id}) ` +
        `${scanOf(order)} and is expected on ${dayOf(order.shipping.expected)}. ` +
        'If it has not come by then, write to us and we will start a search.',
      `${order.shipping.carrier} is not answering at the moment. Our record says your ${order.items[0].name} ` +
        `${scanOf(order)}. Please ask again in an hour.`,
    );
  }
  if (typeof tracked === 'string') {
    return `I could not reach the carrier of ${parcel} just now. If you give me the order number, I can look at our own record.`;
  }
  if (order?.status === 'shipped' && tracked) {
    return either(
      `Good news, ${order.customer}: your ${order.items[0].name} (order ${order.order_id}) is ${tracked.status}. ` +
        `${order.shipping.carrier} scanned it in ${tracked.place} at ${tracked.time.slice(11)}, ` +
        `so it should reach you on ${dayOf(order.shipping.expected)}.`,
      `Your ${order.items[0].name} is on its way with ${order.shipping.carrier}, ${order.customer}.`,
    );
  }
  if (order?.order_id) return statusLine(order);
  if (tracked)
    return `Parcel ${parcel} is ${tracked.status}, last seen in ${tracked.place} on ${dayOf(tracked.time)}.`;
  return 'I could not find that order. Could you check the number? It looks like A-1042.';
}

function statusLine(order) {
  if (!order.order_id) return `${order}`;
  return `Order ${order.order_id}, ${order.items[0].name}: ${order.status}. It ${scanOf(order)}.`;
}

/** "left the Hamburg depot, 2026-03-05 18:40" as a part of a sentence. */
function scanOf({ shipping, status }) {
  const [what, when] = shipping.lastScan.split(', ');
  return `${status === 'delivered' ? `was ${what}` : what} on ${dayOf(when)}`;
}

function billing({ lastUserText, toolResults }) {
  const [id] = numbersIn(lastUserText, /\bA-\d{4}\b/g);
  const [order] = resultsOf(toolResults, 'lookup_order');
  const [refund] = resultsOf(toolResults, 'refund_payment');
  if (!id) {
    return ticket('Gladly. Which order is it about? The number looks like A-1042.', {
      order_id: null,
      category: 'question',
      summary: 'Asks about a payment without an order number.',
      resolved: false,
    });
  }
  if (!order)
    return callTool('lookup_order', { order_id: id }, 'See what was ordered and what was paid.');
  if (!order.order_id) {
    return ticket(`I could not find order ${id}. Could you check the number?`, {
      order_id: id,
      category: 'question',
      summary: `Asks about order ${id}, which is not known.`,
      resolved: false,
    });
  }
  return refund ? refunded(order, refund) : refundOf(order, lastUserText);
}

function refundOf(order, lastUserText) {
  const [, twice] = order.payments;
  const forgets = vary && Math.random() < 0.2;
  if (forgets || (!twice && !/refund|money|broken|damaged/i.test(lastUserText))) {
    const [payment] = order.payments;
    return ticket(
      `Order ${order.order_id} was paid once: ${money(order, payment.amount)} by ${payment.method}.`,
      {
        order_id: order.order_id,
        category: 'question',
        summary: 'Asked what was charged; one payment found.',
        resolved: true,
      },
    );
  }
  const { id, amount } = twice ?? order.payments[0];
  const why = twice
    ? `There are two payments over the same amount: ${id} is the second one, so it goes back.`
    : 'The goods arrived damaged, so the price goes back.';
  const reason = twice ? 'charged twice' : 'arrived damaged';
  return callTool(
    'refund_payment',
    { order_id: order.order_id, payment_id: id, amount, reason },
    why,
  );
}

function refunded(order, refund) {
  if (!refund.refund_id) {
    return ticket(
      `I could not refund order ${order.order_id}; a colleague will look at it today.`,
      {
        order_id: order.order_id,
        category: 'refund',
        summary: `Refund refused: ${refund}`,
        resolved: false,
      },
    );
  }
  const twice = refund.reason === 'charged twice';
  const amount = money(order, refund.amount);
  const sorry = twice
    ? `You are right, ${order.customer}, and I am sorry: order ${order.order_id} was charged twice.`
    : `I am sorry your ${order.items[0].name} did not arrive in one piece, ${order.customer}.`;
  return ticket(
    either(
      `${sorry} I have refunded ${amount}; it will be back on your ${methodOf(order)} within five working days (reference ${refund.refund_id}).`,
      `${sorry} ${amount} are on their way back to you.`,
    ),
    {
      order_id: order.order_id,
      category: twice ? 'double charge' : 'refund',
      summary: twice
        ? `Charged twice for ${order.items[0].name}; second payment ${refund.payment_id} refunded.`
        : `${capital(order.items[0].name)} arrived damaged; ${amount} refunded.`,
      resolved: true,
    },
  );
}

function stranger({ lastUserText, schema }) {
  const text = `This is the scripted model of the support sample. It heard: ${lastUserText}`;
  return schema ? { refusal: 'The scripted model has no answer in this form.' } : { text };
}

function ticket(reply, fields) {
  return {
    json: { reply, ticket: fields },
    reasoning: 'Answer the customer and write the ticket.',
  };
}

function callTool(name, values, why) {
  return { reasoning: why, toolCalls: [{ name, arguments: values }] };
}

function resultsOf(toolResults, name) {
  return toolResults.filter((result) => result.name === name).map((result) => result.output);
}

function numbersIn(text, pattern) {
  return [...new Set(text.toUpperCase().match(pattern) ?? [])];
}

function either(usual, other) {
  return vary && Math.random() < 0.35 ? other : usual;
}

function money({ currency }, amount) {
  return `${amount.toFixed(2)} ${currency}`;
}

function methodOf({ payments }) {
  return payments[0].method === 'card' ? 'card' : 'account';
}

function dayOf(time) {
  const day = new Date(`${time.slice(0, 10)}T00:00:00Z`);
  return day.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
