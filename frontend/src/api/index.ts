/**
 * The only door of screens to the server: one line an operation, typed by the contract. What is loaded before anything
 * else imports `@/api/daily` instead, so that the first load does not carry the offices' operations.
 */
import { boards } from './boards'
import { checks } from './checks'
import { api as daily } from './daily'
import { desk } from './desk'
import { people } from './people'
import { plans } from './plans'
import { programmes } from './programmes'

export { all, ProblemError, useSession, uuid } from './daily'
export type * from './types'

export const api = { ...daily, ...people, ...programmes, ...plans, ...desk, ...boards, ...checks }
