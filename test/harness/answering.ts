/** A client that answers what it is asked, so that a conversation is written once for both eras. */
import type { Client, RequestOptions } from './client.ts'
import type { Json, Message } from './message.ts'

export interface Question {
  method: string
  params: Json
}

/** In place of an answer: the error that a legacy client gives. A modern one gives none. */
export class Refusal {
  readonly error: { code: number; message: string }

  constructor(code: number, message: string) {
    this.error = { code, message }
  }
}

/** Undefined: says nothing. */
export type Answer = (question: Question, index: number) => Json | Refusal | undefined

export interface Answered extends Message {
  /** All that was asked on the way, in its order. */
  questions: Question[]
}

/** Sends the request, answers whatever is asked meanwhile, and resolves with the answer to the request. */
export async function answering(client: Client, method: string, params: Json, answer: Answer, options: RequestOptions = {}): Promise<Answered> {
  const questions: Question[] = []
  const take = ({ method: kind = '', params: about = {} }: { method?: string; params?: Json }): Json | Refusal | undefined => {
    questions.push({ method: kind, params: about })
    return answer({ method: kind, params: about }, questions.length - 1)
  }
  if (client.modern) return { ...(await inRounds(client, method, params, take, options)), questions }
  client.onQuestion = (question) => {
    const given = take(question)
    if (given) void client.answer(question.id, given instanceof Refusal ? given : { result: given })
  }
  return { ...(await client.request(method, params, options)), questions }
}

async function inRounds(client: Client, method: string, params: Json, take: (question: Question) => Json | Refusal | undefined, options: RequestOptions): Promise<Message> {
  let message = await client.request(method, params, options)
  while (message.result?.resultType === 'input_required') {
    const { inputRequests = {}, requestState } = message.result as { inputRequests?: Record<string, Question>; requestState?: unknown }
    const answers = Object.entries(inputRequests).map(([key, question]) => [key, take(question)] as const)
    const inputResponses = Object.fromEntries(answers.filter(([, given]) => given !== undefined && !(given instanceof Refusal)))
    message = await client.request(method, { ...params, inputResponses, requestState }, { ...options, id: `${method} ${client.received.length}` })
  }
  return message
}

/** The answers to the three kinds of questions. */
export const accept = (content?: Json): Json => ({ action: 'accept', ...(content && { content }) })
export const DECLINE: Json = { action: 'decline' }
export const CANCEL: Json = { action: 'cancel' }
export const sampled = (text: string): Json => ({ role: 'assistant', content: { type: 'text', text }, model: 'suite-1', stopReason: 'endTurn' })
export const rooted = (...uris: string[]): Json => ({ roots: uris.map((uri) => ({ uri })) })

/** A client that can be asked everything. */
export const ASKABLE: Json = { elicitation: { form: {}, url: {} }, sampling: { tools: {}, context: {} }, roots: { listChanged: true } }
