/**
 * The element at an index; an index beyond the end starts again at the front.
 * @throws RangeError for an empty list
 */
export function cyclicElement<Item>(list: readonly Item[], index: number): Item {
  if (list.length === 0) throw new RangeError('An empty list has no elements');
  // Within the list, which the compiler cannot see; an item may itself be undefined.
  return list[index % list.length] as Item;
}
