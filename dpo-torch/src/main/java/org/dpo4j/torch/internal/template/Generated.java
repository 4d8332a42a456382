package org.dpo4j.torch.internal.template;

import java.util.Iterator;

/**
 * What most filters of lists give: elements that are made as they are asked for, and once.
 *
 * @param elements what is left
 */
record Generated(Iterator<Object> elements) {}
