/** DJL kept off the network: {@link org.dpo4j.torch.internal.djl.Offline}. */
@NullMarked
package org.dpo4j.torch.internal.djl;

import org.jspecify.annotations.NullMarked;
