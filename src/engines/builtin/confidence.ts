/** How sure the analyst is of its answer, from 0 to 1; a script sets it as soon as it knows. */
export interface Confidence {
  value: number;
}
