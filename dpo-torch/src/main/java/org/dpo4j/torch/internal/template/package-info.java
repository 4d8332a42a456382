/**
 * Chat templates: the Jinja programs of checkpoints, which turn messages into the text that a model
 * was trained on.
 *
 * <p>A template is untrusted, and a prompt that is almost right is worse than none. So a template
 * is read strictly ({@code PieceScanner}, {@code TemplateParser}, {@code ExpressionParser}) into a
 * tree ({@code Statement}, {@code Expression}), and the tree is evaluated over the few kinds of
 * values that {@code Python} lists, each operation as Python has it ({@code Arithmetic}, {@code
 * Comparisons}, {@code Representation}, {@code TextMethods}, {@code Filters} …). What a rendering
 * may use is counted by its {@code Budget} before it is used.
 *
 * <p>Start at {@link org.dpo4j.torch.internal.template.ChatTemplate}.
 */
@NullMarked
package org.dpo4j.torch.internal.template;

import org.jspecify.annotations.NullMarked;
