import { onBeforeUnmount, ref } from 'vue'
import { api, ProblemError, type Job } from '@/api/daily'

const SOON = 250
const LATE = 2000

/** Follows one piece of slow work of the server: its progress while it runs, its refusal when it fails. */
export function useJob() {
  const job = ref<Job>()
  let turn = 0

  /** Resolves with the job once it is done; undefined when it was cancelled or another one is followed. */
  async function follow(started: Job): Promise<Job | undefined> {
    const mine = ++turn
    job.value = started
    let wait = SOON
    while (job.value.state === 'queued' || job.value.state === 'running') {
      await new Promise((resolve) => setTimeout(resolve, wait))
      if (mine !== turn) return undefined
      wait = Math.min(wait * 1.3, LATE)
      try {
        const now = await api.job(started.id)
        if (mine !== turn) return undefined
        job.value = now
      } catch (caught) {
        // A line that breaks for a while ends nothing: the work goes on without us.
        if (!(caught instanceof ProblemError) || !caught.offline) throw caught
      }
    }
    const ended = job.value
    job.value = undefined
    if (ended.state === 'cancelled') return undefined
    const p = ended.problem
    if (p) throw new ProblemError(p.status, p.code, p.title, p.detail, p.errors)
    return ended
  }
  async function cancel(): Promise<void> {
    if (job.value) job.value = await api.cancelJob(job.value.id)
  }
  function leave(): void {
    turn++
    job.value = undefined
  }
  onBeforeUnmount(leave)
  return { job, follow, cancel, leave }
}
