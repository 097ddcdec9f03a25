"""What users were promised, tried as they would try it; the rows that rooms don't pin in their own tests."""
