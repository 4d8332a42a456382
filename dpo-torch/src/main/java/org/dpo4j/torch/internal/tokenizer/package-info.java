/**
 * A checkpoint's own tokenizer: text and chats to the token ids the model was trained on.
 *
 * <p>Start at {@link org.dpo4j.torch.internal.tokenizer.ModelTokenizer}. The ids come from a native
 * library, which ends the whole JVM on some malformed files; so {@code TokenizerCheck} reads a file
 * first, in Java, and lets nothing through that it does not know to be harmless.
 */
@NullMarked
package org.dpo4j.torch.internal.tokenizer;

import org.jspecify.annotations.NullMarked;
