"""What the product promises, proven with figures; each proof has a control that breaks the guard and must fail."""
