import OpenAI from 'openai';

interface Question {
  readonly text: string;
}

async function ask(question: Question): Promise<string | null | undefined> {
  const answer = await new OpenAI().chat.completions.create({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: question.text }],
  });
  return answer.choices[0]?.message.content;
}

console.log(await ask({ text: 'hello' }));
