// Bad usage: the one error that means "the command was wrong", with the sentence to print.

export class Usage extends Error {
  override readonly name = "Usage";
}
