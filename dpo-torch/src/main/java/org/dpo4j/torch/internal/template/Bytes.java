package org.dpo4j.torch.internal.template;

import com.google.common.primitives.ImmutableIntArray;

/**
 * Python's bytes.
 *
 * @param values 0 to 255 each
 */
record Bytes(ImmutableIntArray values) {}
