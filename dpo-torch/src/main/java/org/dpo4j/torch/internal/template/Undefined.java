package org.dpo4j.torch.internal.template;

/**
 * A name or an attribute that is not there. Prints nothing; asking more of it fails.
 *
 * @param why for messages
 */
record Undefined(String why) {}
