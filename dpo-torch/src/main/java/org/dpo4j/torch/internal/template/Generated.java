package org.dpo4j.torch.internal.template;

import com.google.common.collect.ImmutableList;

/**
 * What a filter gives that makes its elements one by one. In Python it can be gone through and
 * nothing else: it has no length, and is true even where it has no elements.
 *
 * @param elements the elements
 */
record Generated(ImmutableList<Object> elements) {}
