/** What someone else's promise gives; rejects with the signal's reason as soon as that is aborted, settled or not. */
export async function unlessAborted(answer: unknown, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined || !isPromise(answer)) return answer
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([answer, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value
}
