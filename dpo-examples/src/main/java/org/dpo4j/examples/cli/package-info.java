/**
 * The command line, {@code ./dpo}: {@link org.dpo4j.examples.cli.Dpo} and a class a command. All
 * that it does is done by the library; a command reads options, calls it, and prints.
 */
@NullMarked
package org.dpo4j.examples.cli;

import org.jspecify.annotations.NullMarked;
