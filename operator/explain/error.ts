/** The question cannot be answered at all. The message says why and what to do about it; for people, without a stack. */
export class ExplainError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ExplainError";
  }
}
