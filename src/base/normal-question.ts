/** A question as it is compared with others: lower case, its words alone, single spaces. */
export function normalQuestion(question: string): string {
  return (
    question
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ');
}
