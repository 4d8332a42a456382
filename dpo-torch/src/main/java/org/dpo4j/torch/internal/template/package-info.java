/**
 * Chat templates: the Jinja programs of checkpoints, which turn messages into the text that a model
 * was trained on.
 *
 * <p>A template is untrusted, and a prompt that is almost right is worse than none. So a template
 * is read here first ({@code PieceScanner}), every construct is known or refused by file and line
 * ({@code TemplateCompiler}, {@code ExpressionCompiler}), and what is left for the Jinja library is
 * control flow and scopes. Every operation on a value is one of {@code Operations}, which follow
 * Python: the library's own differ in ways that show only in the prompt, and reach into Java.
 *
 * <p>Start at {@link org.dpo4j.torch.internal.template.ChatTemplate}.
 */
@NullMarked
package org.dpo4j.torch.internal.template;

import org.jspecify.annotations.NullMarked;
